/**
 * One person's data: erased and exported by the system, on request.
 *
 * @module
 */
import { v, type PropertyValidators, type Validator } from "convex/values";
import {
  invoke,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import {
  vExportItem,
  vExportPage,
  type Erasure,
  type Person,
  type StoredExportItem,
} from "../shared/person.js";
import { flatten, type DocumentOf } from "./document.js";
import { mapErrors } from "./errors.js";
import type { DocsState } from "./options.js";
import { workerHandle } from "./worker.js";

/** Something that there is of a person. Times are in ms since 1970. */
export type ExportItem<F extends PropertyValidators> =
  | Exclude<StoredExportItem, { kind: "document" }>
  | { kind: "document"; document: DocumentOf<F> };

/** A page of an export: at most 500 items, or some more than 4 MiB. */
export type ExportPage<F extends PropertyValidators> = {
  items: ExportItem<F>[];
  /** Of the next page; `null`: there is none. */
  cursor: string | null;
};

/**
 * A page of an export, for `returns`. Of documents it checks nothing: one with a field of an earlier declaration is its owner's too.
 */
export function vExportPageOf<F extends PropertyValidators>(): Validator<
  ExportPage<F>,
  "required",
  string
> {
  const [document, ...others] = vExportItem.members;
  const flat = v.object({ ...document.fields, document: v.any() });
  const page = vExportPage.extend({ items: v.array(v.union(flat, ...others)) });
  return page;
}

/** Which erasure: a run, or the last of a person. */
export type WhichErasure = { runId: string } | { userId: string };

/** Holds a document, or releases it. */
export async function setHold(
  { component, mapError }: DocsState,
  ctx: RunMutationCtx,
  id: string,
  held: boolean,
): Promise<void> {
  const { hold } = component.person;
  await mapErrors(mapError, () =>
    invoke(() => ctx.runMutation(hold, { id, held })),
  );
}

/** See `SystemOperations.erase`. */
export async function startErasure(
  core: DocsState,
  ctx: RunMutationCtx,
  person: Person,
): Promise<{ runId: string }> {
  return await mapErrors(core.mapError, async () => {
    const actor = { kind: "system", reason: "erasure" } as const;
    // A removal by the system asks neither `access` nor the schema: only `onChange` is told.
    const worker = core.hooks.onChange
      ? await workerHandle(core, ctx, actor)
      : undefined;
    const call = { person, ...(worker ? { worker } : {}) };
    const { erase } = core.component.person;
    return { runId: await invoke(() => ctx.runMutation(erase, call)) };
  });
}

/** See `SystemOperations.erasure`. */
export async function readErasure(
  { component, mapError }: DocsState,
  ctx: RunQueryCtx,
  which: WhichErasure,
): Promise<Erasure | null> {
  const { erasure } = component.person;
  return await mapErrors(mapError, () =>
    invoke(() => ctx.runQuery(erasure, which)),
  );
}

/** See `SystemOperations.exportPage`. */
export async function readExport<F extends PropertyValidators>(
  { component, mapError }: DocsState,
  ctx: RunQueryCtx,
  { cursor = null, ...person }: Person & { cursor?: string | null },
): Promise<ExportPage<F>> {
  const call = { person, cursor };
  const page = await mapErrors(mapError, () =>
    invoke(() => ctx.runQuery(component.person.read, call)),
  );
  const items = page.items.map((item): ExportItem<F> =>
    item.kind === "document"
      ? { kind: "document", document: flatten<F>(item.document) }
      : item,
  );
  return { items, cursor: page.cursor };
}
