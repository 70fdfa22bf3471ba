/**
 * Items of one call that are about the same document. Each would overlook what the other does.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { alreadyExists, duplicateId } from "./failures.js";

/** What an item is about, if it names it. */
export type Named = { id?: string; key?: string; ownerId?: string };

/** For each item, in its place: its refusal if an earlier one names the same document, whatever becomes of that one. */
export function repeats(items: Named[]): (DocsErrorData | null)[] {
  const seen = new Set<string>();
  return items.map(({ id, key, ownerId = "" }) => {
    const name = id ?? (key === undefined ? undefined : `${ownerId}\n${key}`);
    if (name === undefined) return null;
    if (!seen.has(name)) {
      seen.add(name);
      return null;
    }
    return id === undefined ? alreadyExists(key ?? "") : duplicateId(id);
  });
}
