import { parseRoute } from "./route.js";

/** A document that somebody has named, and the line (from 1) they named it in. */
export type Named = { line: number; id: string };

/** Reads documents from text, an address or an id a line. What is neither is left to the server to refuse. */
export function namedIn(text: string): Named[] {
  return text.split(/\r?\n/).flatMap((given, index) => {
    const entry = given.trim();
    return entry === "" ? [] : [{ line: index + 1, id: idOf(entry) }];
  });
}

function idOf(entry: string): string {
  const start = entry.indexOf("#");
  if (start === -1) return entry;
  const route = parseRoute(entry.slice(start));
  return route.page === "document" ? route.id : entry;
}
