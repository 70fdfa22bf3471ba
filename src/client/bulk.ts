/**
 * What a bulk operation is asked to do, once the shapes of its arguments are known.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import type { BulkChange, BulkTarget } from "../shared/bulk.js";
import { columnIssues } from "../shared/columns.js";
import { sizeIssues } from "../shared/fields.js";
import { issue } from "../shared/issues.js";
import type { ViewRequest } from "../shared/views.js";
import { BULK_OPERATIONS, splitFields, STAGES } from "./arguments.js";
import type { DocsState } from "./options.js";

/** The arguments of `startBulk` once they are checked: TypeScript cannot take apart a union over the host's fields. */
export type CheckedBulk = {
  ids?: string[];
  view?: string;
  where?: { updatedBefore?: number };
  operation: (typeof BULK_OPERATIONS)[number];
  updates?: object;
  ownerId?: string;
};

/**
 * What a shape cannot express: which arguments go together, and changes that every document would refuse. Without this, an operation
 * would begin, and fail once for each document.
 */
export function bulkIssues(
  { fields, declared, workingCopy }: DocsState,
  { ids, view, where, operation, updates }: CheckedBulk,
): Issue[] {
  const issues: Issue[] = [];
  const isStage = (STAGES as readonly string[]).includes(operation);
  if (isStage && !workingCopy) {
    issues.push(issue("operation", "needs the option workingCopy."));
  }
  if (view === undefined && (ids === undefined) === (where === undefined)) {
    issues.push(issue("ids", "or where must be given, and not both."));
  }
  const isKnown = BULK_OPERATIONS.includes(operation);
  if (isKnown && (operation === "update") !== (updates !== undefined)) {
    const problem = "must be given for the operation update, and only for it.";
    issues.push(issue("updates", problem));
  }
  if (updates === undefined) return issues;
  const { set, expiresAt } = toChange(fields, updates);
  // A document has at least what it is set to.
  const hopeless = [
    ...columnIssues({ expiresAt }),
    ...sizeIssues(declared.maxBytes, set),
  ];
  return [...issues, ...hopeless.map((one) => within("updates", one))];
}

function within(outer: string, { path, message }: Issue): Issue {
  return { path: path === "" ? outer : `${outer}.${path}`, message };
}

/** The documents that a checked bulk operation means. */
export function targetOf({
  ids,
  view,
  where = {},
}: {
  ids: string[] | undefined;
  view: ViewRequest | undefined;
  where: CheckedBulk["where"];
}): BulkTarget {
  if (ids) return { ids };
  return view ? { view } : { where };
}

/** A change as the component takes it: the host's fields apart. */
export function toChange(fields: PropertyValidators, args: object): BulkChange {
  const { own, rest } = splitFields(fields, args);
  return { unset: [], ...rest, set: own };
}
