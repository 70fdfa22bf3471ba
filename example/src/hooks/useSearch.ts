import { useQuery } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import type { AppDocument } from "../lib/document.js";
import { useDebounced } from "./useDebounced.js";

/** How long nobody may have typed before the words are looked for (ms). */
const PAUSE = 180;
/** Documents shown at most. Whoever wants more than that needs better words. */
export const MAX_FOUND = 50;

type Scope = Pick<
  FunctionArgs<typeof api.documents.search>,
  "scope" | "status"
>;

/** The best matches, and the words they match. */
export type Found = { words: string; documents: AppDocument[] };

/** Looks for words while they are typed. The last answer stays until there is a new one; `null` before the first. */
export function useSearch(
  query: string,
  scope: Scope | "skip",
): { found: Found | null; isSearching: boolean } {
  const words = useDebounced(query.trim(), PAUSE);
  const documents = useQuery(
    api.documents.search,
    scope === "skip" || words === ""
      ? "skip"
      : { ...scope, query: words, limit: MAX_FOUND },
  );
  const [found, setFound] = useState<Found | null>(null);
  if (documents !== undefined && documents !== found?.documents)
    setFound({ words, documents });
  return { found, isSearching: found?.words !== query.trim() };
}
