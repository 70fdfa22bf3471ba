/**
 * Validators for a host's own functions: `args` and `returns` in one line.
 *
 * @module
 */
import {
  paginationResultValidator,
  type PaginationResult,
} from "convex/server";
import { v, type PropertyValidators, type Validator } from "convex/values";
import { vBulkChange } from "../shared/bulk.js";
import {
  vDocument,
  vDraft,
  vTarget,
  vWritten,
  type Written,
} from "../shared/documents.js";
import type { FieldRules } from "../shared/fieldRules.js";
import type { DocsArgs, Owned } from "./arguments.js";
import type { DocumentOf } from "./document.js";
import { vExportPageOf, type ExportPage } from "./person.js";

type ValidatorOf<T> = Validator<T, "required", string>;

/** What a host's own functions take and return. */
export type DocsValidators<
  F extends PropertyValidators,
  Shown extends PropertyValidators = F,
  S = false,
  Id extends string = string,
> = {
  /** The id of a document. A client may send any text. */
  id: ValidatorOf<Id>;
  /** A document, as `get` returns it. */
  document: ValidatorOf<DocumentOf<Shown, Id>>;
  /** A page, as `list` returns it. */
  page: ValidatorOf<PaginationResult<DocumentOf<Shown, Id>>>;
  /** The arguments of `create`. */
  create: ValidatorOf<Owned<S, DocsArgs<"create", F>>>;
  /** The arguments of `update`. */
  update: ValidatorOf<DocsArgs<"update", F, Id>>;
  /** What `create`, `update` and `remove` return. */
  written: ValidatorOf<Written<Id>>;
  /** A page of an export, as `exportPage` returns it. Documents with fields of an earlier declaration pass. */
  exportPage: ValidatorOf<ExportPage<F>>;
};

/** The validators of documents with these fields. One that is hidden from somebody may be absent. */
export function createValidators<
  F extends PropertyValidators,
  Shown extends PropertyValidators = F,
  S = false,
  Id extends string = string,
>(
  fields: F,
  { readable = {}, sharing = false }: FieldRules & { sharing?: boolean },
): DocsValidators<F, Shown, S, Id> {
  const lists = Object.values(readable);
  const isShown = (name: string) =>
    lists.every((names) => names.includes(name));
  const shown = Object.entries(fields).map(([name, validator]) => [
    name,
    isShown(name) ? validator : v.optional(validator),
  ]);
  const document = v.object({
    ...(Object.fromEntries(shown) as PropertyValidators),
    ...vDocument.omit("fields").fields,
    createdAt: v.number(),
  });
  const validators: Record<
    keyof DocsValidators<F, Shown, S, Id>,
    ValidatorOf<unknown>
  > = {
    id: v.string(),
    document,
    page: paginationResultValidator(document),
    create: v.object({
      ...fields,
      ...vDraft.omit("fields", "ownerId", "sent", "unset").fields,
      ...(sharing ? { ownerId: v.optional(v.string()) } : {}),
    }),
    update: v.object({
      ...vTarget.fields,
      ...v.object(fields).partial().fields,
      ...vBulkChange.omit("set", "unset").fields,
      // Which names a document has, retired ones too, is for the component to see. It refuses any other.
      unset: v.optional(v.array(v.string())),
    }),
    written: vWritten,
    exportPage: vExportPageOf<F>(),
  };
  // TypeScript cannot compute with the fields of any host; test/types holds what it cannot see here.
  return validators as DocsValidators<F, Shown, S, Id>;
}
