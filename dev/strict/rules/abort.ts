/**
 * The runtime's AbortController is a polyfill: a second `abort()` dispatches again, with the later reason.
 *
 * npm-packages/udf-runtime/src/03_abort_signal.ts
 */
import type { Rule } from "../rule.js";
import { replaced } from "./global.js";

const polyfill = (Native: typeof AbortController): typeof AbortController =>
  class extends Native {
    override abort(reason?: unknown): void {
      if (!this.signal.aborted) {
        super.abort(reason);
        return;
      }
      Object.defineProperty(this.signal, "reason", {
        value: reason,
        configurable: true,
      });
      this.signal.dispatchEvent(new Event("abort"));
    }
  };

/** Also used outside functions, where units are tested alone. */
export function replaceAbortController(): void {
  globalThis.AbortController = replaced(globalThis.AbortController, polyfill);
}

export const abort: Rule = { globals: replaceAbortController };
