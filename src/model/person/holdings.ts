/**
 * Every kind of data of a person's, in the order in which they are erased. A new one goes to the end: an erasure that is under way
 * at a deploy then comes to it.
 *
 * @module
 */
import { contributed } from "./contributed.js";
import { ownDocuments } from "./documents.js";
import { granted } from "./granted.js";
import type { Holding } from "./holding.js";
import { bulk, retained } from "./others.js";
import { planned } from "./planned.js";

export const HOLDINGS: readonly Holding[] = [
  // First: while it runs it writes the person's id into documents of others.
  bulk,
  ownDocuments(false),
  ownDocuments(true),
  contributed,
  granted,
  retained,
  planned,
];
