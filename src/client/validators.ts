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
import { vDocument, vDraft, vTarget, vWritten } from "../shared/documents.js";
import type { DocsArgs } from "./arguments.js";
import type { DocumentOf } from "./document.js";

type ValidatorOf<T> = Validator<T, "required", string>;

/** What a host's own functions take and return. */
export type DocsValidators<F extends PropertyValidators> = {
  /** A document, as `get` returns it. */
  document: ValidatorOf<DocumentOf<F>>;
  /** A page, as `list` returns it. */
  page: ValidatorOf<PaginationResult<DocumentOf<F>>>;
  /** The arguments of `create`. */
  create: ValidatorOf<DocsArgs<"create", F>>;
  /** The arguments of `update`. */
  update: ValidatorOf<DocsArgs<"update", F>>;
  /** What `create`, `update` and `remove` return. */
  written: typeof vWritten;
};

/** The validators of documents with these fields. */
export function createValidators<F extends PropertyValidators>(
  fields: F,
): DocsValidators<F> {
  const document = v.object({
    ...fields,
    ...vDocument.omit("fields").fields,
    createdAt: v.number(),
  });
  const optional = Object.keys(fields).filter(
    (name) => fields[name]?.isOptional === "optional",
  );
  const validators: Record<keyof DocsValidators<F>, ValidatorOf<unknown>> = {
    document,
    page: paginationResultValidator(document),
    create: v.object({
      ...fields,
      ...vDraft.omit("fields", "ownerId", "unset").fields,
    }),
    update: v.object({
      ...vTarget.fields,
      ...v.object(fields).partial().fields,
      ...vBulkChange.omit("set", "unset").fields,
      unset: v.optional(
        v.array(v.union(...optional.map((name) => v.literal(name)))),
      ),
    }),
    written: vWritten,
  };
  // TypeScript cannot compute with the fields of any host; test/types holds what it cannot see here.
  return validators as DocsValidators<F>;
}
