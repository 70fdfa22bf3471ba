/**
 * Whether an actor may do something to documents, without doing it.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import {
  actorRefusal,
  lasting,
  ownRole,
  permissionOf,
  seesCopy,
} from "../../shared/access.js";
import type { Actor } from "../../shared/documents.js";
import { isUnasked, UNASKED } from "../../shared/principals.js";
import { fail } from "../../shared/failures.js";
import { decodeRules } from "../../shared/fields.js";
import {
  needsOf,
  type Answers,
  type CanOperation,
  type Permission,
} from "../../shared/roles.js";
import { withGrants } from "../sharing/standing.js";
import { findDocument } from "./read.js";

export type Question = {
  actor: Actor;
  ids: string[];
  operation: CanOperation;
  /** What an update would send. */
  names: string[];
  rules: string;
  answers?: Answers[];
};

/**
 * One answer per id, in order: the one that the operation would give.
 *
 * @throws VALIDATION_FAILED for a user who cannot be
 */
export async function getPermissions(
  ctx: QueryCtx,
  { actor, ids, operation, names, rules, answers }: Question,
): Promise<Permission[]> {
  const refusal = actor.kind === "user" ? actorRefusal(actor) : null;
  if (refusal) throw fail(refusal);
  const decoded = decodeRules(rules);
  const needs = needsOf(operation, names, decoded);
  const rows = await Promise.all(ids.map((id) => findDocument(ctx, id)));
  const permissions = rows.map(async (row, index): Promise<Permission> => {
    if (isUnasked(actor) && (!row || ownRole(actor, row.ownerId) === null))
      throw new ConvexError(UNASKED);
    const who = { actor, answers: answers?.[index] };
    const asks = row ? await withGrants(ctx, who, row) : who;
    // Without a working copy there is nothing to see of a document that is ahead.
    const isHidden = !decoded.workingCopy && row && seesCopy(asks, row);
    const seen = isHidden ? null : row;
    const permission = permissionOf(asks, seen, operation, needs);
    if (operation !== "share" || !permission.allowed) return permission;
    const { role } = permission;
    const lasts = permissionOf(lasting(asks), seen, operation, needs);
    return lasts.allowed ? lasts : { allowed: false, role, code: "FORBIDDEN" };
  });
  return await Promise.all(permissions);
}
