/**
 * What `onShare` is told.
 *
 * @module
 */
import type { Actor } from "../shared/documents.js";
import type { GrantRole } from "../shared/roles.js";
import type { Granted } from "../shared/sharing.js";

/** What `onShare` is told. */
export type SharingChange<Id extends string = string> = {
  operation:
    | "share"
    | "unshare"
    | "leave"
    | "accept"
    | "createLink"
    | "revokeLink"
    | "transfer";
  documentId: Id;
  /** Whose role was given, changed or taken away; `null` for a link, which is nobody's. */
  principal: string | null;
  /** Which link, where it is one that was made or has ended. */
  linkId?: string;
  /** The role there is now; `null`: none. */
  role: GrantRole | null;
  /** The user who did it; `null` for the system. */
  userId: string | null;
};

/** Changes of one document's grants as `onShare` is told of them. */
export function sharingChanges(
  operation: SharingChange["operation"],
  documentId: string,
  actor: Actor,
  changes: Granted[],
): SharingChange[] {
  const userId = actor.kind === "user" ? actor.id : null;
  return changes.map(({ linkId, principal, after }) => ({
    operation,
    documentId,
    ...(linkId === undefined ? { principal } : { principal: null, linkId }),
    role: after?.role ?? null,
    userId,
  }));
}
