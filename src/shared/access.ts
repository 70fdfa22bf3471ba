/**
 * Who may do what. Every path, single or batch, read or write, decides it here and nowhere else.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { ID, type Actor, type Status } from "./documents.js";
import { forbidden, invalidAt, notFound, unauthorized } from "./failures.js";

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

/** A document in the trash cannot be read by its id, not even by its owner. */
export function mayRead(actor: Actor, document: Guarded): boolean {
  return (
    isVisibleToAll(document) || (owns(actor, document) && !isTrashed(document))
  );
}

/**
 * Why this actor may not write this document, or `null`. A document that the actor cannot see is answered like one that does not
 * exist.
 *
 * @param documentId the id as the caller sent it
 * @param place where the write expects the document
 */
export function writeRefusal(
  actor: Actor,
  document: Guarded,
  documentId: string,
  place: "live" | "trash",
): DocsErrorData | null {
  if (isTrashed(document) !== (place === "trash")) return notFound(documentId);
  if (owns(actor, document)) return null;
  return isVisibleToAll(document)
    ? forbidden(documentId)
    : notFound(documentId);
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

function owns(actor: Actor, document: Guarded): boolean {
  return (
    actor.kind === "system" ||
    (actor.kind === "user" && actor.id === document.ownerId)
  );
}
