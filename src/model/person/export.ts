/**
 * What there is of a person, page by page. Nothing of it is kept.
 *
 * @module
 */
import type { Value } from "convex/values";
import type { QueryCtx } from "../../component/_generated/server.js";
import { fail, invalidCursor } from "../../shared/failures.js";
import {
  PERSON,
  type Person,
  type StoredExportItem,
} from "../../shared/person.js";
import { assertPerson } from "./erase.js";
import { HOLDINGS } from "./holdings.js";

/**
 * A page: of each holding what the person is given, in one order.
 *
 * @param cursor that of the page before; `null`: from the beginning
 * @returns the cursor behind it; `null` at the end
 * @throws VALIDATION_FAILED; INVALID_CURSOR
 */
export async function exportPage(
  ctx: QueryCtx,
  person: Person,
  cursor: string | null,
): Promise<{ items: StoredExportItem[]; cursor: string | null }> {
  assertPerson(person);
  const [stage, from] = cursor === null ? [0, null] : decode(cursor);
  const items: StoredExportItem[] = [];
  let [bytes, scanned] = [0, 0];
  for (const [index, holding] of HOLDINGS.entries()) {
    if (index < stage) continue;
    const place = index === stage ? from : null;
    for await (const found of holding.read(ctx, person, place)) {
      items.push(...found.items);
      bytes += found.bytes;
      scanned += 1;
      const isFull =
        items.length >= PERSON.pageItems ||
        bytes >= PERSON.pageBytes ||
        scanned >= PERSON.stepScan;
      if (isFull) {
        return { items, cursor: JSON.stringify([index, found.behind]) };
      }
    }
  }
  return { items, cursor: null };
}

/** Where a page begins. It says where within what is this person's, and can name nothing else: each holding looks again. */
function decode(cursor: string): [number, Value | null] {
  try {
    const parsed = JSON.parse(cursor) as unknown;
    if (Array.isArray(parsed) && typeof parsed[0] === "number") {
      return [parsed[0], (parsed[1] as Value | undefined) ?? null];
    }
  } catch {
    // As one of another list.
  }
  throw fail(invalidCursor());
}
