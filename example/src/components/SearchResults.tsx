import { MAX_FOUND, useSearch, type Found } from "../hooks/useSearch.js";
import type { Viewer } from "../hooks/useViewer.js";
import type { Status } from "../lib/document.js";
import { DocumentRow } from "./DocumentRow.js";
import { EmptyState } from "./EmptyState.js";
import { ListSkeleton } from "./ListSkeleton.js";

type Props = {
  query: string;
  scope: "own" | "public";
  status?: Status | undefined;
  viewer: Viewer;
  onClear: () => void;
};

/** The documents in which the words occur, the best match first. Live like every list. */
export function SearchResults({
  query,
  scope,
  status,
  viewer,
  onClear,
}: Props) {
  const isKnown = viewer.status !== "checking";
  const { found, isSearching } = useSearch(
    query,
    isKnown ? { scope, ...(status && { status }) } : "skip",
  );
  if (found === null) return <ListSkeleton />;
  if (found.documents.length === 0 && !isSearching)
    return (
      <EmptyState icon="search" title={`Nothing found for “${found.words}”`}>
        <p>
          Searched are titles and texts, word by word. Fewer or other words may
          help.
        </p>
        <button className="button" onClick={onClear}>
          Clear the search
        </button>
      </EmptyState>
    );
  return (
    <div aria-busy={isSearching}>
      <p className="list__note" role="status">
        {summarize(found)}
      </p>
      <ul className="list" aria-label="Search results">
        {found.documents.map((document) => (
          <DocumentRow
            key={document._id}
            document={document}
            isOwn={document.ownerId === viewer.ownerId}
            showsOwner={scope === "public"}
          />
        ))}
      </ul>
    </div>
  );
}

function summarize({ words, documents: { length } }: Found): string {
  if (length >= MAX_FOUND) return `The ${length} best matches for “${words}”`;
  return `${length} ${length === 1 ? "document" : "documents"} found for “${words}”`;
}
