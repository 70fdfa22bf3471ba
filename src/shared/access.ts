/**
 * Who may do what. Every path, single or batch, read or write, decides it here and nowhere else.
 *
 * @module
 */
import type { DocsErrorData, Issue } from "../errors/codes.js";
import {
  ID,
  type Actor,
  type Draft,
  type Grant,
  type Status,
} from "./documents.js";
import {
  forbidden,
  invalid,
  invalidAt,
  notFound,
  onHold,
  unauthorized,
} from "./failures.js";
import { issue, nameIssues, nameProblem } from "./issues.js";
import { heldBy, isLink } from "./principals.js";
import {
  lowerOf,
  NEEDS,
  needsOfUpdate,
  reaches,
  sentBy,
  type AccessOperation,
  type Answers,
  type CanOperation,
  type Declared,
  type Need,
  type Permission,
  type Role,
  type Standing,
} from "./roles.js";

/** The columns that decide. */
export type Guarded = {
  ownerId: string;
  status: Status;
  isPublic: boolean;
  /** Set while the document is in the trash. */
  deletedAt?: number | undefined;
  /** Set while nobody may delete it. */
  held?: boolean | undefined;
  /** Set while the document is ahead of what is published of it. */
  hasDraft?: boolean | undefined;
};

/** Public means both: `isPublic` and published. Others never see a draft. */
export function isPublished(document: Guarded): boolean {
  return (
    document.isPublic && document.status === "published" && !isTrashed(document)
  );
}

/** Whether the document as it is stands there for everybody. What was published of one that is ahead lies in its publication. */
export function isVisibleToAll(document: Guarded): boolean {
  return isPublished(document) && !document.hasDraft;
}

/** Who asks, what they were given of this document, and what the host's `access` has answered about it. */
export type Who = {
  actor: Actor;
  /** Grants of this document. Others than the actor's do not count. Absent: none, or they make no difference. */
  grants?: readonly Grant[] | undefined;
  answers?: Answers | undefined;
};

/** The role that an actor has without the host's `access`: the highest of what makes them one. `null`: none. */
export function standingOf(
  { actor, grants = [] }: Who,
  document: Guarded,
): Standing | null {
  const owned = ownRole(actor, document.ownerId);
  // Nothing that was given counts in the trash.
  if (isTrashed(document)) return owned;
  const held = new Map(heldBy(actor).map((one) => [one.id, one]));
  const roles = grants.map((grant): Standing | null => {
    const by = held.get(grant.principal);
    if (!by || isOver(grant)) return null;
    return lowerOf(grant.role, by.upTo ?? "manager");
  });
  const open: Standing | null = isPublished(document) ? "public" : null;
  return [owned, ...roles, open].reduce(higherOf);
}

function higherOf(one: Standing | null, other: Standing | null) {
  return other !== null && !reaches(one, other) ? other : one;
}

/**
 * The role that an actor has in what is this owner's, without a look at any grant. Who acts as an owner and is not said to be
 * one, such as a member of a team, is an editor.
 */
export function ownRole(actor: Actor, ownerId: string): Role | null {
  if (actor.kind === "system") return "owner";
  const by = heldBy(actor).find(({ id }) => id === ownerId);
  return by ? (by.upTo ?? "editor") : null;
}

/**
 * The other name by which a user is what they are to a document, such as that of a team. `undefined`: they are it by their own, by
 * a link, by what is everybody's, or by the host's `access`.
 */
export function actingAs(
  { actor, grants }: Who,
  document: Guarded,
): string | undefined {
  if (actor.kind !== "user" || !Array.isArray(actor.as)) return undefined;
  const { as, ...self } = actor;
  const role = standingOf({ actor, grants }, document);
  if (role === null) return undefined;
  const ways = [[], ...as.map((held) => [held])].map((one) => {
    const who = { actor: { ...self, as: one }, grants };
    return reaches(standingOf(who, document), role) ? one[0]?.id : null;
  });
  return ways.find((way) => way !== null) ?? undefined;
}

/** Whether a grant counts no more. The clock is read only for one that ends: a query that reads it is not cached for long. */
export function isOver(grant: Times): boolean {
  const end = endOf(grant);
  return end !== undefined && end <= Date.now();
}

/** When a grant ends, also because it is an invitation that nobody takes up. `undefined`: never. */
export function endOf({ expiresAt, acceptBy }: Times): number | undefined {
  if (expiresAt === undefined) return acceptBy;
  return Math.min(expiresAt, acceptBy ?? expiresAt);
}

type Times = Pick<Grant, "expiresAt" | "acceptBy">;

/** The same actor by what was given without an end. Who is here for a time lets nobody in. */
export function lasting({ grants = [], ...who }: Who): Who {
  const kept = grants.filter((grant) => endOf(grant) === undefined);
  return { ...who, grants: kept };
}

/** The role that counts for one need. The host's answer narrows or widens; to the system nobody answers. */
export function decide(
  who: Who,
  document: Guarded,
  { asked }: Need,
): Standing | null {
  const { actor, answers = {} } = who;
  const own = standingOf(who, document);
  if (asked === undefined || actor.kind === "system") return own;
  const answer = answers[asked];
  if (answer === undefined) return own;
  if (typeof answer === "string") return answer;
  if (!answer) return null;
  const implied = IMPLIED[asked];
  return implied && !reaches(own, implied) ? implied : own;
}

/** The role that a hook's `true` stands for. Of the others it is a yes to that one call. */
const IMPLIED: Record<AccessOperation, Role | null> = {
  read: "viewer",
  update: "editor",
  remove: null,
  transfer: null,
  share: null,
  members: null,
  history: null,
};

/** Whether one need is met. */
export function isMet(who: Who, document: Guarded, need: Need): boolean {
  const { asked, role } = need;
  const isOneCall = asked === "remove" || asked === "transfer";
  const { actor, answers } = who;
  if (isOneCall && actor.kind === "user" && answers?.[asked] === true) {
    return true;
  }
  return reaches(decide(who, document, need), role);
}

/** A document in the trash cannot be read by its id, not even by its owner. */
export function mayRead(who: Who, document: Guarded): boolean {
  return (
    !isTrashed(document) &&
    NEEDS.read.every((need) => isMet(who, document, need))
  );
}

/** Whether an actor who may read a document sees what was published of it, and not the document as it is. */
export function seesCopy(who: Who, document: Guarded): boolean {
  return Boolean(document.hasDraft) && readerRole(who, document) === "public";
}

/**
 * Why this actor may not do this to this document, or `null`. A document that the actor cannot see is answered like one that
 * does not exist.
 *
 * @param documentId the id as the caller sent it
 * @param place where the operation expects the document
 */
export function refusalOf(
  who: Who,
  document: Guarded,
  documentId: string,
  needs: readonly Need[],
  place: Place = "live",
): DocsErrorData | null {
  if (isTrashed(document) !== (place === "trash")) return notFound(documentId);
  const unmet = needs.filter((need) => !isMet(who, document, need));
  if (unmet.length === 0) {
    const isKept = document.held && needs.some(({ deletes }) => deletes);
    return isKept ? onHold(documentId) : null;
  }
  if (!mayRead(who, document)) return notFound(documentId);
  const isOfNames = unmet.every(({ fields }) => fields !== undefined);
  const fields = isOfNames ? unmet.flatMap((need) => need.fields ?? []) : [];
  return forbidden(documentId, [...new Set(fields)]);
}

/** The role that says which fields an actor sees of a document. */
export function readerRole(who: Who, document: Guarded): Standing {
  const [need] = NEEDS.read;
  return decide(who, document, need) ?? "public";
}

/** Outside the trash, or in it. */
export type Place = "live" | "trash";

/** Whether an operation is about what lies in the trash. */
export function isOfTrash(operation: string): operation is "restore" | "purge" {
  return operation === "restore" || operation === "purge";
}

/**
 * Whether this actor may do this to this document, as the operation itself would answer. `null`, for a document that is not there,
 * is answered like one that the actor cannot see.
 */
export function permissionOf(
  who: Who,
  document: Guarded | null,
  operation: CanOperation,
  needs: readonly Need[],
): Permission {
  const isRead = operation === "read";
  if (!isRead && who.actor.kind === "anonymous") {
    return { allowed: false, code: "UNAUTHORIZED" };
  }
  const place = isOfTrash(operation) ? "trash" : "live";
  const refusal = document && refusalOf(who, document, "", needs, place);
  if (document === null || refusal?.code === "NOT_FOUND") {
    return { allowed: false, code: "NOT_FOUND" };
  }
  // A yes to one call makes nobody more than they are.
  const role = roleFor(who, document, refusal ? NEEDS.read : needs);
  return refusal
    ? { allowed: false, role, code: "FORBIDDEN" }
    : { allowed: true, role };
}

function roleFor(
  who: Who,
  document: Guarded,
  [need]: readonly Need[],
): Standing {
  return (need && decide(who, document, need)) ?? "public";
}

/** Why this actor may write nothing at all, or `null`. Checked before anything is read. */
export function actorRefusal(actor: Actor): DocsErrorData | null {
  if (actor.kind === "anonymous") return unauthorized();
  return actor.kind === "user" ? ownerRefusal("userId", actor.id) : null;
}

/**
 * Whose documents a call means, and the role that the actor has in all of them: a user's own, those of a name that the user acts
 * by, or those of the owner that the system names. The role is `null` for an owner that the user does not act as.
 */
export function ownerOf(
  actor: Actor,
  ownerId: string | undefined,
):
  | { ownerId: string; role: Role | null; refusal?: never }
  | { refusal: DocsErrorData } {
  const owner = ownerId ?? (actor.kind === "user" ? actor.id : "");
  const refusal =
    actorRefusal(actor) ??
    (ownerId === undefined && actor.kind === "user"
      ? null
      : ownerRefusal("ownerId", owner));
  if (refusal) return { refusal };
  return { ownerId: owner, role: ownRole(actor, owner) };
}

/** As `ownerOf`, for what needs a role in all that is the owner's. The refusal is the same for every name that is not enough. */
export function ownerToActAs(
  actor: Actor,
  ownerId: string | undefined,
  needed: Role,
): { ownerId: string; refusal?: never } | { refusal: DocsErrorData } {
  const owner = ownerOf(actor, ownerId);
  if (owner.refusal || reaches(owner.role, needed)) return owner;
  return { refusal: invalidAt("ownerId", NOT_OWNED) };
}

const NOT_OWNED = "is nobody that you may do this for.";

/**
 * Why this actor may not create this, or `null`. In another name one sets what one could write of what is that name's; a key and
 * what a view makes unique are its owner's, as in an update.
 */
export function draftRefusal(
  actor: Actor,
  { ownerId, fields, ...draft }: Draft,
  declared: Declared,
): DocsErrorData | null {
  const owner = ownerOf(actor, ownerId);
  if (owner.refusal) return owner.refusal;
  const { role } = owner;
  if (role === "owner") return null;
  const ofKey = draft.key === undefined ? [] : [KEY];
  const sent = sentBy({ ...draft, set: fields });
  const needs = [EDITOR, ...needsOfUpdate(sent, declared), ...ofKey];
  const unmet = needs.filter((need) => !reaches(role, need.role));
  if (unmet.length === 0) return null;
  if (unmet.some((need) => need.fields === undefined)) {
    return invalidAt("ownerId", NOT_OWNED);
  }
  const names = new Set(unmet.flatMap((need) => need.fields ?? []));
  const problem = "is not yours to set in this owner's name.";
  return invalid([...names].map((name) => issue(name, problem)));
}

const EDITOR: Need = { role: "editor" };
const KEY: Need = { role: "owner", fields: ["key"] };

/** Why nobody can own by this name, or `null`. */
export function ownerRefusal(path: string, id: string): DocsErrorData | null {
  const issues = ownerIssues(path, id);
  return issues.length > 0 ? invalid(issues) : null;
}

/** What is wrong with this as the name of an owner. Whoever has a link would be the owner. */
export function ownerIssues(path: string, id: string): Issue[] {
  const problem = isLink(id)
    ? 'is the name of a link: nobody\'s id begins with "link:".'
    : nameProblem(id, ID.maxUser);
  return problem === null ? [] : [issue(path, problem)];
}

/** Why this cannot be the id of a user or the key of a document, or `null`. `path` is the name of the argument. */
export function nameRefusal(
  path: string,
  name: string,
  maxLength: number,
): DocsErrorData | null {
  const issues = nameIssues(path, name, maxLength);
  return issues.length > 0 ? invalid(issues) : null;
}

function isTrashed(document: Guarded): boolean {
  return document.deletedAt !== undefined;
}
