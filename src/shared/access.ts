/**
 * Who may do what. The only place that decides it: every path, single or batch, read or write, asks here.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { forbidden, invalid, notFound, unauthorized } from "./failures.js";
import { ID } from "./limits.js";
import type { Actor, Status } from "./validators.js";

/** What the decision needs to know of a document. */
export type Guarded = {
  ownerId: string;
  status: Status;
  isPublic: boolean;
  deletedAt?: number | undefined;
};

/** Public means both: its owner wants it seen, and it is finished. A draft is never seen by others. */
export function isVisibleToAll(document: Guarded): boolean {
  return (
    document.isPublic &&
    document.status === "published" &&
    document.deletedAt === undefined
  );
}

export function mayRead(actor: Actor, document: Guarded): boolean {
  return isVisibleToAll(document) || owns(actor, document);
}

/**
 * Why this actor may not write this document, or `null`. A document that the actor cannot even see is answered like one
 * that does not exist, `documentId` being what the caller sent.
 */
export function writeRefusal(
  actor: Actor,
  document: Guarded,
  documentId: string,
): DocsErrorData | null {
  if (!mayRead(actor, document)) return notFound(documentId);
  return owns(actor, document) ? null : forbidden(documentId);
}

/** Why this actor may write nothing at all, or `null`. Asked before anything is read. */
export function actorRefusal(actor: Actor): DocsErrorData | null {
  if (actor.kind === "anonymous") return unauthorized();
  return actor.kind === "user" ? userIdRefusal("userId", actor.id) : null;
}

/** Why this cannot be the id of a user, or `null`. */
export function userIdRefusal(
  path: string,
  userId: string,
): DocsErrorData | null {
  if (userId.trim() === "") {
    return invalid([{ path, message: "must not be empty." }]);
  }
  if (userId.length > ID.maxUser) {
    const message = `has ${userId.length} characters; the limit is ${ID.maxUser}.`;
    return invalid([{ path, message }]);
  }
  return null;
}

function owns(actor: Actor, document: Guarded): boolean {
  return (
    actor.kind === "system" ||
    (actor.kind === "user" && actor.id === document.ownerId)
  );
}
