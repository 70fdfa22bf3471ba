/**
 * A document as the host sees it: its own fields, flat, beside those of every document.
 *
 * @module
 */
import type { Expand } from "convex/server";
import type { Infer, PropertyValidators } from "convex/values";
import type { StoredDocument } from "../shared/documents.js";

/** What every document has beside the host's fields. Times are in ms since 1970. */
export type DocumentSystemFields<Id extends string = string> = Omit<
  StoredDocument,
  "fields" | "createdAt" | "_id"
> & {
  _id: Id;
  /** When it was created. */
  createdAt: number;
};

/** A document with a host's fields. */
export type DocumentOf<
  F extends PropertyValidators,
  Id extends string = string,
> = Expand<PropertiesOf<F> & DocumentSystemFields<Id>>;

/**
 * The properties that these validators describe, to be expanded with others. As Convex's `ObjectType`, but an editor shows the
 * comments on them.
 */
export type PropertiesOf<V extends PropertyValidators> = {
  [
    Name in keyof V as V[Name]["isOptional"] extends "optional" ? Name : never
  ]?: Exclude<Infer<V[Name]>, undefined>;
} & {
  [
    Name in keyof V as V[Name]["isOptional"] extends "optional" ? never : Name
  ]: Infer<V[Name]>;
};

/**
 * A stored document as the host sees it. The host's fields come first, so that one with a name that was reserved later cannot
 * replace a system field. Its types are what the validators promise since every write was checked by them.
 */
export function flatten<
  F extends PropertyValidators = PropertyValidators,
  Id extends string = string,
>(document: StoredDocument): DocumentOf<F, Id> {
  const { fields, ...system } = document;
  const createdAt = Math.floor(system.createdAt ?? system._creationTime);
  return { ...fields, ...system, createdAt } as DocumentOf<F, Id>;
}
