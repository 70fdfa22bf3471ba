/**
 * `.paginate()` is for the app, not for components.
 *
 * crates/isolate/src/environment/udf/async_syscall.rs
 */
import type { Rule } from "../rule.js";

export const paginate: Rule = {
  before: {
    "1.0/queryPage": ({ component }) => {
      if (component !== "") {
        throw new Error("paginate() is only supported in the app.");
      }
    },
  },
};
