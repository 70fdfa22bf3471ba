/**
 * Some items done by a function of the host's, in one sub-transaction.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";
import { failure } from "../shared/failures.js";
import type { Outcome } from "../shared/validators.js";

/**
 * One outcome an item, in order. A host's function that throws has undone all it did; the items are then tried one by one, so
 * that one bad item costs only itself.
 */
export async function runWorker<Item>(
  items: Item[],
  call: (items: Item[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  try {
    return await call(items);
  } catch (error) {
    if (items.length === 1) return [{ ok: false, error: refusalOf(error) }];
    const alone = [];
    for (const item of items) alone.push(...(await runWorker([item], call)));
    return alone;
  }
}

/** Why the worker refused: what we said through it, and of anything else only that it failed. */
function refusalOf(error: unknown): DocsErrorData {
  const data = getDocsError(error);
  return data === null || data.code === "UNKNOWN"
    ? failure("INTERNAL", {})
    : data;
}
