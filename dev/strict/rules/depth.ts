/**
 * Calls within calls go eight deep.
 *
 * crates/isolate/src/environment/udf/async_syscall.rs, MAX_REACTOR_CALL_DEPTH
 */
import type { Rule } from "../rule.js";

const MAX_DEPTH = 8;

export const depth: Rule = {
  before: {
    "1.0/runUdf": (frame) => {
      if (frame.tx && frame.depth >= MAX_DEPTH) {
        throw new Error("Cross component call depth limit exceeded.");
      }
    },
  },
};
