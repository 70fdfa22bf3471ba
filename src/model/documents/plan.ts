/**
 * What a call would do to one document. A plan has read and judged everything and has written nothing; carrying it out
 * can only fail as a whole transaction fails.
 *
 * @module
 */
import { compareValues } from "convex/values";
import type { MutationCtx } from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { writeRefusal } from "../../shared/access.js";
import type { Actor, Target } from "../../shared/documents.js";
import { conflict, invalidAt, notFound } from "../../shared/failures.js";
import type { Rules } from "../../shared/fields.js";
import { findDocument, type StoredRow } from "./read.js";

/** A stored document without what Convex adds. */
export type NewRow = Omit<StoredRow, "_id" | "_creationTime">;

export type Refused = { refusal: DocsErrorData };

/** A refusal, or a write that is known to be allowed. */
export type Plan =
  | Refused
  | {
      refusal?: never;
      /** The document as it is: `null` for a new one. */
      before: StoredRow | null;
      /** The document as it will be: `null` for one that will be gone. A new one has no id yet. */
      after: StoredRow | NewRow | null;
      /** Writes it, and says under which id. */
      write: () => Promise<string>;
    };

/** Plans what one item of a call asks for. */
export type Planner<Item> = (
  ctx: MutationCtx,
  actor: Actor,
  rules: Rules,
  item: Item,
) => Promise<Plan>;

/** The document a caller means, if this actor may write it there and it is at the version the caller looked at. */
export async function findToWrite(
  ctx: MutationCtx,
  actor: Actor,
  { id, ifVersion }: Target,
  place: "live" | "trash",
): Promise<Refused | { refusal?: never; document: StoredRow }> {
  const document = await findDocument(ctx, id);
  if (document === null) return { refusal: notFound(id) };
  const refusal = writeRefusal(actor, document, id, place);
  if (refusal) return { refusal };
  if (ifVersion === undefined || ifVersion === document.version) {
    return { document };
  }
  // A CONFLICT repeats what was expected, and JSON has no NaN and no Infinity to repeat.
  return {
    refusal: Number.isFinite(ifVersion)
      ? conflict(id, ifVersion, document.version)
      : invalidAt("ifVersion", "must be a version."),
  };
}

type Column = Exclude<keyof NewRow, "version" | "updatedAt">;
/** The columns that a write may set; `undefined` clears one. Version and time are not among them: every write sets those. */
export type Patch = {
  [C in Column]?: object extends Pick<NewRow, C>
    ? NewRow[C] | undefined
    : NewRow[C];
};

/** A write that would change nothing writes nothing: no version, no conflict, no query re-run for anybody. */
export function planPatch(
  ctx: MutationCtx,
  before: StoredRow,
  patch: Patch,
): Plan {
  const id = before._id;
  const changed = Object.entries(patch).some(
    ([column, value]) => compareValues(value, before[column as Column]) !== 0,
  );
  if (!changed) {
    return { before, after: before, write: () => Promise.resolve(id) };
  }
  const version = before.version + 1;
  const bumped = { ...patch, version, updatedAt: Date.now() };
  return {
    before,
    // A cleared column is `undefined` here and absent once it has crossed the component's boundary.
    after: { ...before, ...bumped } as StoredRow,
    write: async () => {
      await ctx.db.patch("documents", id, bumped);
      return id;
    },
  };
}

export function planGone(ctx: MutationCtx, before: StoredRow): Plan {
  return {
    before,
    after: null,
    write: async () => {
      await ctx.db.delete("documents", before._id);
      return before._id;
    },
  };
}
