/**
 * Giving and taking away. A grant belongs to its document and not to who gave it: it stays when the giver goes, and goes with
 * the document. None of this changes the document's version, so that nobody's open form is disturbed.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import type { Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import {
  actorRefusal,
  decide,
  endOf,
  isOver,
  lasting,
  refusalOf,
} from "../../shared/access.js";
import type { Actor } from "../../shared/documents.js";
import {
  fail,
  forbidden,
  invalid,
  invalidAt,
  notFound,
} from "../../shared/failures.js";
import { giftIssues, giftPath, principalIssues } from "../../shared/gifts.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import {
  heldBy,
  isEmail,
  isLink,
  isUnasked,
  toPrincipal,
  UNASKED,
} from "../../shared/principals.js";
import {
  isBelow,
  NEEDS,
  type Answers,
  type Need,
  type Standing,
} from "../../shared/roles.js";
import {
  SHARING,
  type Gift,
  type Granted,
  type Members,
} from "../../shared/sharing.js";
import { findDocument, type StoredRow } from "../documents/read.js";
import { contribute } from "../person/contributions.js";
import {
  columnsOf,
  drop,
  findGrant,
  grantsOf,
  setShared,
  type StoredGrant,
} from "./grant.js";
import { withGrants } from "./standing.js";
import { endLater } from "./tasks.js";

/** Who wants to do something to the sharing of which document. */
export type SharingCall = { actor: Actor; id: string; answers?: Answers };

/** A document, and the role in it by which the actor does this. */
type Entitled = { document: StoredRow; role: Standing | null };

/**
 * The document, if the actor has what this needs.
 *
 * @param lasts whether only what was given without an end counts: who is here for a time lets nobody in for longer
 * @throws what refuses
 */
export async function entitle(
  ctx: QueryCtx,
  { actor, id, answers }: SharingCall,
  need: Need,
  lasts = false,
): Promise<Entitled> {
  const refuse = (data: DocsErrorData) =>
    isUnasked(actor) ? new ConvexError(UNASKED) : fail(data);
  const refused = actorRefusal(actor);
  if (refused) throw fail(refused);
  const document = await findDocument(ctx, id);
  if (document === null) throw refuse(notFound(id));
  const who = await withGrants(ctx, { actor, answers }, document);
  const refusal = refusalOf(who, document, id, [need]);
  if (refusal) throw refuse(refusal);
  if (!lasts) return { document, role: decide(who, document, need) };
  const giver = lasting(who);
  if (refusalOf(giver, document, id, [need])) throw refuse(forbidden(id));
  return { document, role: decide(giver, document, need) };
}

/**
 * Gives roles, or changes them: all of them or none.
 *
 * @returns what this has changed
 * @throws NOT_FOUND, FORBIDDEN, VALIDATION_FAILED
 */
export async function share(
  ctx: MutationCtx,
  {
    gifts: given,
    listed,
    ...call
  }: SharingCall & { gifts: Gift[]; listed: boolean },
): Promise<Granted[]> {
  const issues = giftIssues(given, listed);
  if (issues.length > 0) throw fail(invalid(issues));
  const gifts = given.map((gift, index) => ({
    ...gift,
    principal: toPrincipal(gift.principal),
    path: giftPath(listed, index),
  }));
  const [need] = NEEDS.share;
  const { document, role } = await entitle(ctx, call, need, true);
  const rows = await grantsOf(ctx, document._id);
  const byName = new Map(rows.map((row) => [row.principal, row]));
  const refusal = giftsRefusal(call.id, document, role, byName, gifts);
  if (refusal) throw fail(refusal);
  const changes = gifts.flatMap((gift) => {
    const stored = byName.get(gift.principal);
    return changeOf(call.actor, stored, gift) ?? [];
  });
  await apply(ctx, document, byName, changes);
  await leaveId(ctx, call.actor, document, changes);
  return changes;
}

/** Who shares what is another's leaves their id with it. */
export async function leaveId(
  ctx: MutationCtx,
  actor: Actor,
  { _id, ownerId, contributed }: StoredRow,
  changes: Granted[],
): Promise<void> {
  const leaves = changes.some(({ after }) => after?.grantedBy !== undefined);
  if (!leaves || actor.kind !== "user" || actor.id === ownerId) return;
  if (!contributed) await ctx.db.patch("documents", _id, { contributed: true });
  await contribute(ctx, _id, actor.id);
}

/** Why these cannot be given, or `null`. Roles below one's own are given and changed: nobody makes an equal, or lowers one. */
function giftsRefusal(
  id: string,
  { ownerId }: StoredRow,
  giver: Standing | null,
  rows: ReadonlyMap<string, StoredGrant>,
  gifts: (Gift & { path: string })[],
): DocsErrorData | null {
  const all = new Set(
    [...rows.keys()].filter((principal) => !isLink(principal)),
  );
  for (const { principal, role, path } of gifts) {
    const existing = rows.get(principal);
    const isHigher =
      existing && !isOver(existing) && !isBelow(existing.role, giver);
    if (isHigher || !isBelow(role, giver)) return forbidden(id);
    if (principal === ownerId)
      return invalidAt(`${path}principal`, "is the document's owner.");
    all.add(principal);
    if (all.size > SHARING.maxMembers) {
      const problem = `is one too many: a document has ${SHARING.maxMembers} members at most. Share it with a team.`;
      return invalidAt(`${path}principal`, problem);
    }
  }
  return null;
}

/** What a gift changes. `null`: it is so already. */
function changeOf(
  actor: Actor,
  stored: StoredGrant | undefined,
  { principal, role, expiresAt, acceptBy }: Gift,
): Granted | null {
  const before = stored && !isOver(stored) ? columnsOf(stored) : null;
  const at =
    expiresAt === undefined ? before?.expiresAt : (expiresAt ?? undefined);
  const times = { expiresAt: at, acceptBy: until(principal, before, acceptBy) };
  if (
    before?.role === role &&
    before.expiresAt === times.expiresAt &&
    before.acceptBy === times.acceptBy
  ) {
    return null;
  }
  const given = { principal, role, ...giverOf(actor) };
  return { principal, before, after: { ...given, ...omitUndefined(times) } };
}

/** Until when an invitation can be taken up: who is invited again has as long again. `undefined`: this is none. */
function until(
  principal: string,
  before: Granted["before"],
  acceptBy: number | undefined,
): number | undefined {
  if (!isEmail(principal)) return undefined;
  const again = Date.now() + SHARING.inviteMs;
  return acceptBy ?? Math.max(before?.acceptBy ?? again, again);
}

/** Who gives, as a grant says it. */
export function giverOf(actor: Actor): { grantedBy?: string } {
  return actor.kind === "user" ? { grantedBy: actor.id } : {};
}

/**
 * Writes changes of a document's grants, keeps its mark right, and has those deleted that end.
 *
 * @returns the rows that were written, in order
 */
export async function apply(
  ctx: MutationCtx,
  document: StoredRow,
  rows: ReadonlyMap<string, StoredGrant>,
  changes: Granted[],
): Promise<Id<"grants">[]> {
  const documentId = document._id;
  const written: Id<"grants">[] = [];
  const ending: { id: Id<"grants">; at: number }[] = [];
  const gone: StoredGrant[] = [];
  let isShared = document.shared;
  for (const { principal, before, after } of changes) {
    const stored = rows.get(principal);
    // One that is over makes place: the new one stands where it was given.
    if (stored && (after === null || before === null)) gone.push(stored);
    if (after === null) continue;
    const grant = { documentId, ...after };
    const kept = before && stored?._id;
    if (kept) await ctx.db.replace("grants", kept, grant);
    const id = kept ?? (await ctx.db.insert("grants", grant));
    written.push(id);
    const at = endOf(after);
    if (at !== undefined) ending.push({ id, at });
    if (!isShared) await setShared(ctx, document, true);
    isShared = true;
  }
  if (gone.length > 0) await drop(ctx, { ...document, shared: isShared }, gone);
  await endLater(ctx, documentId, ending);
  return written;
}

/** Takes changes back. What was taken away is given anew, and stands where that is done. */
export async function undo(
  ctx: MutationCtx,
  id: string,
  changes: Granted[],
): Promise<void> {
  const document = await findDocument(ctx, id);
  if (document === null) return;
  const rows = await grantsOf(ctx, document._id);
  const byName = new Map(rows.map((row) => [row.principal, row]));
  const back = changes.map(({ principal, before, after }) => ({
    principal,
    before: byName.has(principal) ? after : null,
    after: before,
  }));
  await apply(ctx, document, byName, back);
}

/**
 * Takes a role away.
 *
 * @returns what this has changed: nothing where there was none
 * @throws NOT_FOUND, FORBIDDEN, VALIDATION_FAILED
 */
export async function unshare(
  ctx: MutationCtx,
  { principal: name, ...call }: SharingCall & { principal: string },
): Promise<Granted[]> {
  const issues = principalIssues(name);
  if (issues.length > 0) throw fail(invalid(issues));
  const principal = toPrincipal(name);
  const [need] = NEEDS.members;
  const { document, role } = await entitle(ctx, call, need);
  const grant = await findGrant(ctx, document._id, principal);
  if (grant === null || isOver(grant)) return [];
  if (!isBelow(grant.role, role)) throw fail(forbidden(call.id));
  await drop(ctx, document, [grant]);
  return [{ principal, before: columnsOf(grant), after: null }];
}

/**
 * Gives up what was given to the user themselves, invitations too. What they have through another name, such as a team, stays.
 *
 * @throws NOT_FOUND; FORBIDDEN for who was given nothing
 */
export async function leave(
  ctx: MutationCtx,
  call: SharingCall,
): Promise<Granted[]> {
  const [need] = NEEDS.read;
  const { document } = await entitle(ctx, call, need);
  const { actor } = call;
  const own = heldBy(actor).filter(
    ({ id }) => isEmail(id) || (actor.kind === "user" && id === actor.id),
  );
  const found = await Promise.all(
    own.map(({ id }) => findGrant(ctx, document._id, id)),
  );
  const mine = found.flatMap((grant) =>
    grant && !isOver(grant) ? [grant] : [],
  );
  if (mine.length === 0) throw fail(forbidden(call.id));
  await drop(ctx, document, mine);
  return mine.map((grant) => ({
    principal: grant.principal,
    before: columnsOf(grant),
    after: null,
  }));
}

/**
 * With whom a document is shared, and by which links.
 *
 * @throws NOT_FOUND, FORBIDDEN
 */
export async function getMembers(
  ctx: QueryCtx,
  call: SharingCall,
): Promise<Members> {
  const [need] = NEEDS.members;
  const { document } = await entitle(ctx, call, need);
  const rows = document.shared ? await grantsOf(ctx, document._id) : [];
  const found: Members = {
    ownerId: document.ownerId,
    members: [],
    links: [],
  };
  for (const row of rows.filter((one) => !isOver(one))) {
    const grantedAt = Math.floor(row._creationTime);
    const { label, principal, acceptBy, ...columns } = columnsOf(row);
    const given = { ...columns, grantedAt };
    if (!isLink(principal))
      found.members.push({
        principal,
        ...given,
        ...omitUndefined({ acceptBy }),
      });
    else
      found.links.push({
        linkId: row._id,
        ...given,
        ...omitUndefined({ label }),
      });
  }
  // Their rows stand by the hash of the token, which means nothing.
  found.links.sort((one, other) => one.grantedAt - other.grantedAt);
  return found;
}
