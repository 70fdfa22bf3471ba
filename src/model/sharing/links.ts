/**
 * Links: a role for whoever has the token, of which only the hash is stored.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import { isOver } from "../../shared/access.js";
import { fail, invalid, invalidAt } from "../../shared/failures.js";
import { linkIssues } from "../../shared/gifts.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { isLink, linkPrincipal } from "../../shared/principals.js";
import { NEEDS } from "../../shared/roles.js";
import { SHARING, type Granted, type NewLink } from "../../shared/sharing.js";
import { columnsOf, drop, grantsOf } from "./grant.js";
import { apply, entitle, giverOf, leaveId, type SharingCall } from "./share.js";

/**
 * Makes a link.
 *
 * @param call `hash` is that of its token
 * @throws NOT_FOUND, FORBIDDEN, VALIDATION_FAILED
 */
export async function createLink(
  ctx: MutationCtx,
  {
    hash,
    role,
    expiresAt,
    label,
    ...call
  }: SharingCall & NewLink & { hash: string },
): Promise<Granted[]> {
  const issues = linkIssues({ role, ...omitUndefined({ expiresAt, label }) });
  if (issues.length > 0) throw fail(invalid(issues));
  const [need] = NEEDS.share;
  const { document } = await entitle(ctx, call, need, true);
  const rows = await grantsOf(ctx, document._id);
  const links = rows.filter(({ principal }) => isLink(principal));
  if (links.length >= SHARING.maxLinks) {
    const problem = `has ${SHARING.maxLinks} links, which is the most. Revoke one first.`;
    throw fail(invalidAt("id", problem));
  }
  const principal = linkPrincipal(hash);
  const after = {
    principal,
    role,
    ...giverOf(call.actor),
    ...omitUndefined({ expiresAt, label }),
  };
  const changes: Granted[] = [{ principal, before: null, after }];
  const byName = new Map(rows.map((row) => [row.principal, row]));
  const [linkId] = await apply(ctx, document, byName, changes);
  await leaveId(ctx, call.actor, document, changes);
  return changes.map((change) => ({ ...change, ...omitUndefined({ linkId }) }));
}

/**
 * Ends a link. Does nothing where there is none.
 *
 * @throws NOT_FOUND, FORBIDDEN
 */
export async function revokeLink(
  ctx: MutationCtx,
  { linkId, ...call }: SharingCall & { linkId: string },
): Promise<Granted[]> {
  const [need] = NEEDS.members;
  const { document } = await entitle(ctx, call, need);
  const grantId = ctx.db.normalizeId("grants", linkId);
  const link = grantId && (await ctx.db.get("grants", grantId));
  if (!link || link.documentId !== document._id || isOver(link)) return [];
  const { principal } = link;
  if (!isLink(principal)) return [];
  await drop(ctx, document, [link]);
  return [{ principal, linkId, before: columnsOf(link), after: null }];
}
