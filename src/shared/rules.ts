/**
 * What a host declared about its documents, as data: validators are objects with methods and cannot cross into a component.
 * It travels with each write, so that the whole merged document is judged in the transaction that writes it.
 *
 * @module
 */
import type { ObjectShape } from "./shape.js";

export type Rules = {
  /** The shape of the host's fields. */
  shape: ObjectShape;
  /** Bytes that a document's fields may have together. */
  maxBytes: number;
  /** The fields that `search` looks in. */
  search: string[];
};

/** The rules as they travel. */
export function encodeRules(rules: Rules): string {
  return JSON.stringify(rules);
}

/** Reads what `encodeRules` made. */
export function decodeRules(json: string): Rules {
  return JSON.parse(json) as Rules;
}
