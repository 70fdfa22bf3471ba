/**
 * What a document can be shared with and owned by, and what somebody may act as: names, compared byte for byte. A user's own is
 * the user's id.
 *
 * @module
 */
import type { Actor, Held } from "./documents.js";

/** Every name that an actor acts by, their own first. The system acts by none. */
export function heldBy(actor: Actor): Held[] {
  if (actor.kind !== "user") return [];
  const { id, as = [] } = actor;
  const self: Held = { id, upTo: "owner" };
  return as === "unasked" ? [self] : [self, ...as];
}

/** Whether the host has yet to say what else this user may act as. */
export function isUnasked(actor: Actor): boolean {
  return actor.kind === "user" && actor.as === "unasked";
}

/**
 * The data of the error that ends a call of such a user who names a document that is not theirs: nothing is written, and the host
 * calls again with all that the user may act as. So the owner's calls never ask for it.
 */
export const UNASKED = "convex-docs: unasked";
