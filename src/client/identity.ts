/**
 * What `identify` returns, made an actor.
 *
 * @module
 */
import { ownerRefusal } from "../shared/access.js";
import type { Actor } from "../shared/documents.js";
import { fail } from "../shared/failures.js";
import { isLink } from "../shared/principals.js";

/**
 * The actor for what `identify` returns: a user's id or `null`.
 *
 * @throws Error for anything else, which plain JavaScript may return; VALIDATION_FAILED for the name of a link
 */
export function actorOf(userId: unknown): Actor {
  if (userId === null) return { kind: "anonymous" };
  if (typeof userId === "string") {
    // Who had this id would have what was given to whoever has the link.
    const refusal = isLink(userId) ? ownerRefusal("userId", userId) : null;
    if (refusal) throw fail(refusal);
    warnOfSession(userId);
    return { kind: "user", id: userId };
  }
  throw new Error(
    `convex-docs: identify() returned ${typeof userId}; return the user's id as a string, or null when no user is signed in.`,
  );
}

/** Two ids of Convex's own, a user's and a session's: the subject of Convex Auth, alone or after the issuer. */
const SESSION = /(?:^|\|)[0-9a-z]{31,32}\|[0-9a-z]{31,32}$/;
let warned = false;

/** Says once, in the function's log, that this id will be another at the next sign-in. */
function warnOfSession(userId: string): void {
  if (warned || !SESSION.test(userId)) return;
  warned = true;
  console.warn(
    "convex-docs: identify() returned an id that ends in a session's, as Convex Auth's subject and tokenIdentifier do. " +
      "It is another one at the next sign-in, and what it owns is out of reach then. " +
      "Return what getAuthUserId(ctx) of @convex-dev/auth/server says: see docs/identity.md.",
  );
}
