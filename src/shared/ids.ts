/**
 * The id of a document, as a host's compiler sees it. At run time it is a string.
 *
 * @module
 */

declare const MOUNT: unique symbol;

/** Says which mount an id is of. Never there at run time; optional, so that a plain string may be of any. */
export interface OfMount<Name extends string> {
  readonly [MOUNT]?: Name;
}

/**
 * The id of a document of the mount that `components` calls `Name`. It is a string, and every string passes for one, but the id of
 * another mount's document does not compile in its place. Where the mount is not known, any string.
 *
 * @example
 * ```ts
 * type NoteId = DocumentId<"docs">;
 * ```
 */
export type DocumentId<Name extends string | undefined = string | undefined> = [
  Name,
] extends [string]
  ? string extends Name
    ? string
    : string & OfMount<Name>
  : string;

/** Arguments or a result, with documents named by this kind of id. */
export type WithId<T, Id> = {
  [Name in keyof T]: Name extends "id"
    ? Id
    : Name extends "ids"
      ? Id[]
      : T[Name];
};
