/**
 * Who may do what. Every path, single or batch, read or write, decides it here and nowhere else.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { ID, type Actor, type Status } from "./documents.js";
import { forbidden, invalidAt, notFound, unauthorized } from "./failures.js";
import {
  NEEDS,
  reaches,
  type AccessOperation,
  type Answers,
  type CanOperation,
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
};

/** Public means both: `isPublic` and published. Others never see a draft. */
export function isVisibleToAll(document: Guarded): boolean {
  return (
    document.isPublic && document.status === "published" && !isTrashed(document)
  );
}

/** Who asks, and what the host's `access` has answered about this document. */
export type Who = { actor: Actor; answers?: Answers | undefined };

/** The role that an actor has by themselves, without the host's `access`. `null`: none. */
export function standingOf(actor: Actor, document: Guarded): Standing | null {
  if (actor.kind === "system") return "owner";
  if (actor.kind === "user" && actor.id === document.ownerId) return "owner";
  return isVisibleToAll(document) ? "public" : null;
}

/** The role that counts for one need. The host's answer narrows or widens; to the system nobody answers. */
export function decide(
  { actor, answers = {} }: Who,
  document: Guarded,
  { asked }: Need,
): Standing | null {
  const own = standingOf(actor, document);
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
  if (needs.every((need) => isMet(who, document, need))) return null;
  return mayRead(who, document) ? forbidden(documentId) : notFound(documentId);
}

/** Outside the trash, or in it. */
export type Place = "live" | "trash";

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
  const isOfTrash = operation === "restore" || operation === "purge";
  const place = isOfTrash ? "trash" : "live";
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
  return actor.kind === "user"
    ? nameRefusal("userId", actor.id, ID.maxUser)
    : null;
}

/** Whose documents a call means: a user's own, or those of the owner that the system names. */
export function ownerOf(
  actor: Actor,
  ownerId: string | undefined,
): { ownerId: string; refusal?: never } | { refusal: DocsErrorData } {
  const owner = actor.kind === "system" ? (ownerId ?? "") : undefined;
  const refusal =
    actorRefusal(actor) ??
    (owner === undefined ? null : nameRefusal("ownerId", owner, ID.maxUser));
  if (refusal) return { refusal };
  return { ownerId: actor.kind === "user" ? actor.id : (owner ?? "") };
}

/** Why this cannot be the id of a user or the key of a document, or `null`. `path` is the name of the argument. */
export function nameRefusal(
  path: string,
  name: string,
  maxLength: number,
): DocsErrorData | null {
  if (name.trim() === "") return invalidAt(path, "must not be empty.");
  if (name.length <= maxLength) return null;
  const { length } = name;
  return invalidAt(
    path,
    `has ${length} characters; the limit is ${maxLength}.`,
  );
}

function isTrashed(document: Guarded): boolean {
  return document.deletedAt !== undefined;
}
