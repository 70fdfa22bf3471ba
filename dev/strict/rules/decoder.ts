/**
 * The runtime's fatal TextDecoder answers `undefined` where it should throw.
 *
 * npm-packages/udf-runtime/src/08_text_encoding.ts
 */
import type { Rule } from "../rule.js";
import { replaced } from "./global.js";

const runtimes = (Native: typeof TextDecoder): typeof TextDecoder =>
  class extends Native {
    override decode(...args: Parameters<TextDecoder["decode"]>): string {
      try {
        return super.decode(...args);
      } catch {
        return undefined as unknown as string;
      }
    }
  };

/** Also used outside functions, where units are tested alone. */
export function replaceTextDecoder(): void {
  globalThis.TextDecoder = replaced(globalThis.TextDecoder, runtimes);
}

export const decoder: Rule = { globals: replaceTextDecoder };
