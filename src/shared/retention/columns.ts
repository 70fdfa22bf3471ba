/**
 * The columns of a document that say something about retention: what a write may set, and what it is stored as.
 *
 * @module
 */
import type { DocsErrorData } from "../../errors/codes.js";
import { invalid } from "../failures.js";
import { EXPIRY } from "./limits.js";

type Given = {
  pinned?: boolean | undefined;
  expiresAt?: number | null | undefined;
};
type Stored = {
  pinned?: boolean | undefined;
  expiresAt?: number | undefined;
};

/** A document's columns after a write. `false` and `null` are stored as nothing: index prefixes look for that. */
export function retentionOf(
  before: Stored,
  { pinned, expiresAt }: Given,
): {
  pinned: true | undefined;
  expiresAt: number | undefined;
} {
  const isPinned = pinned ?? before.pinned ?? false;
  return {
    pinned: isPinned ? true : undefined,
    expiresAt:
      expiresAt === undefined ? before.expiresAt : (expiresAt ?? undefined),
  };
}

/** Why this cannot be the time at which a document expires, or `null`. Seconds taken for ms would be a day in 1970. */
export function expiryRefusal({ expiresAt }: Given): DocsErrorData | null {
  if (expiresAt === undefined || expiresAt === null) return null;
  if (expiresAt >= EXPIRY.leastMs && expiresAt <= EXPIRY.mostMs) return null;
  const message =
    "must be a time in milliseconds since 1970, such as Date.now() + 30 * 24 * 60 * 60 * 1000.";
  return invalid([{ path: "expiresAt", message }]);
}
