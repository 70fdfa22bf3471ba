/**
 * Names that a host's field cannot have, because they are ours on every document or among the arguments.
 *
 * @module
 */

const RESERVED = [
  "ownerId",
  "status",
  "isPublic",
  "version",
  "createdAt",
  "updatedAt",
  "publishedAt",
  "archivedAt",
  "deletedAt",
  "pinned",
  "expiresAt",
  "fields",
  "id",
  "ids",
  "items",
  "key",
  "ifExists",
  "ifVersion",
  "unset",
] as const;

/** A name that a host field cannot have. Convex itself takes those that start with `_` or `$`. */
export type ReservedName =
  (typeof RESERVED)[number] | `_${string}` | `$${string}`;

/** Whether a host's field cannot have this name. */
export function isReserved(name: string): name is ReservedName {
  return (RESERVED as readonly string[]).includes(name) || /^[_$]/.test(name);
}

/** Turns a host field with a reserved name into a compile error that says so. */
export type NoReservedNames<F> = {
  [Name in Extract<keyof F, ReservedName>]: `"${Name}" is a reserved name`;
};
