/**
 * What a document can be shared with and owned by, and what somebody may act as: names, compared byte for byte. A user's own is
 * the user's id.
 *
 * @module
 */
import type { Actor, Held } from "./documents.js";

const LINK = "link:";

/** The name that whoever has a link acts by. The hash of its token is all that is stored of it. */
export function linkPrincipal(hash: string): string {
  return `${LINK}${hash}`;
}

/** Whether a name is that of a link. */
export function isLink(principal: string): boolean {
  return principal.startsWith(LINK);
}

const EMAIL = "email:";

/**
 * The name that whoever has this e-mail address acts by: to share with somebody who has no account yet. Upper and lower case and
 * spaces around it make no difference; dots and what stands behind a plus do, because they may be somebody else's.
 *
 * Return it from `principals` only for an address that is verified to be the user's.
 *
 * @example
 * ```ts
 * await docs.share(ctx, { id, principal: emailPrincipal("Ada@Example.com"), role: "viewer" });
 * ```
 */
export function emailPrincipal(address: string): string {
  return `${EMAIL}${address.trim().toLowerCase().normalize("NFC")}`;
}

/** Whether a name is that of an e-mail address: what is shared with it is an invitation. */
export function isEmail(principal: string): boolean {
  return principal.startsWith(EMAIL);
}

/** A name as it is stored and compared. */
export function toPrincipal(name: string): string {
  return isEmail(name) ? emailPrincipal(name.slice(EMAIL.length)) : name;
}

/** Whether this is the name of an e-mail address that there can be. */
export function hasAddress(principal: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(principal.slice(EMAIL.length));
}

/** Where the names of links are in an index: from the first to before the second. */
export const LINKS = { from: LINK, to: "link;" } as const;

/**
 * Every name that an actor acts by, their own first. The system acts by none. A link makes nobody a manager, and who is not
 * signed in no editor.
 */
export function heldBy(actor: Actor): Held[] {
  if (actor.kind === "system") return [];
  const { link } = actor;
  const isUser = actor.kind === "user";
  const upTo = isUser ? "editor" : "commenter";
  const links: Held[] =
    link === undefined ? [] : [{ id: linkPrincipal(link), upTo }];
  if (!isUser) return links;
  const { id, as = [] } = actor;
  const self: Held = { id, upTo: "owner" };
  return as === "unasked" ? [self, ...links] : [self, ...as, ...links];
}

/** An actor without what the host says of them: bulk operations keep this, and ask the host when a document's turn comes. */
export function alone(actor: Actor): Actor {
  return actor.kind === "user" ? { kind: "user", id: actor.id } : actor;
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
