/**
 * How a bundle is made whose every `await` `context.ts` sees.
 *
 * @module
 */
import { parseSync } from "vite";

/** For esbuild: each `async` function becomes a generator that is driven by `Promise.prototype.then`. */
export const LOWERED = {
  "async-await": false,
  "async-generator": false,
  "for-await": false,
};

/** The first thing in some code that continues without `then`, by its type in ESTree; null if there is none. */
export function nativeAsync(code: string): string | null {
  const { errors, program } = parseSync("bundle.js", code, {
    sourceType: "module",
  });
  const [error] = errors;
  if (error) throw new Error(`The bundle cannot be read: ${error.message}`);
  return find(program.body);
}

function find(node: unknown): string | null {
  if (typeof node !== "object" || node === null) return null;
  if (!Array.isArray(node)) {
    const { type, async, await: waits } = node as Record<string, unknown>;
    if (type === "AwaitExpression" || async === true || waits === true)
      return String(type);
  }
  for (const child of Object.values(node)) {
    const found = find(child);
    if (found !== null) return found;
  }
  return null;
}
