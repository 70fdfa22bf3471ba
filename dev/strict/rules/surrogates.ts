/**
 * Half a surrogate pair is no text: not as an argument, not as a result, not in a document.
 *
 * crates/isolate/src/helpers.rs `to_rust_string`; crates/isolate/src/execution_scope.rs
 */
import type { Rule } from "../rule.js";

/** Half a pair as JSON.stringify writes it, and not a backslash that is part of the text. */
const HALF = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return !/\p{Surrogate}/u.test(value);
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof ArrayBuffer) return true;
  return Object.entries(value).every((entry) => entry.every(isWellFormed));
}

export const surrogates: Rule = {
  everySyscall: (_frame, { op, json }) => {
    if (json.includes("\\ud") && HALF.test(json)) {
      throw new Error(`The arguments of ${op} have half a surrogate pair.`);
    }
  },
  value: (what, value) => {
    if (!isWellFormed(value)) {
      throw new Error(`A function's ${what} have half a surrogate pair.`);
    }
  },
};
