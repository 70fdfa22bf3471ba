/**
 * A function's arguments and its result are 16 MiB at most.
 *
 * crates/common/src/knobs.rs, FUNCTION_MAX_ARGS_SIZE, FUNCTION_MAX_RESULT_SIZE
 */
import { getConvexSize, type Value } from "convex/values";
import type { Rule } from "../rule.js";

const MAX_BYTES = 16 * 1024 * 1024;

export const sizes: Rule = {
  value: (what, value) => {
    if (value === undefined || value === null) return;
    if (getConvexSize(value as Value) > MAX_BYTES) {
      throw new Error(`A function's ${what} must be at most 16 MiB.`);
    }
  },
};
