/**
 * Names that a host's field cannot have: those of a document's own columns and of a call's own arguments.
 *
 * @module
 */

/** On every document or among the arguments, today or in a version to come. */
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
  "updatedBy",
  "hasDraft",
  "role",
  "linkToken",
  "reason",
] as const;

/** A name that a host's field cannot have. Convex itself takes those that start with `_` or `$`. */
type ReservedName = (typeof RESERVED)[number] | `_${string}` | `$${string}`;

/** Whether a host's field cannot have this name. */
export function isReserved(name: string): name is ReservedName {
  return (RESERVED as readonly string[]).includes(name) || /^[_$]/.test(name);
}

/** Turns a host field with a reserved name into a compile error that says so. */
export type NoReservedNames<F> = {
  [Name in Extract<keyof F, ReservedName>]: `"${Name}" is a reserved name`;
};
