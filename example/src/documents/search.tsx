import { useQuery } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { useEffect, useRef, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import type { Viewer } from "../session.js";
import { roleInTeam, type Team } from "../teams/teams.js";
import { Icon } from "../ui/controls.js";
import { focusPage } from "../ui/focus.js";
import { useShortcut } from "../ui/keys.js";
import { EmptyState, ListSkeleton } from "../ui/layout.js";
import type { AppDocument, Status } from "./document.js";
import { DocumentRow } from "./list.js";

type SearchBoxProps = {
  /** What is searched: "your documents". */
  label: string;
  value: string;
  onChange: (value: string) => void;
};

/** The search field. `/` focuses it from anywhere, Esc empties it and then leaves it. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut("/", () => input.current?.focus());
  return (
    <div className="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        className="input"
        type="search"
        aria-label={`Search ${label}`}
        aria-keyshortcuts="/"
        placeholder="Search"
        maxLength={200}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value === "") focusPage();
          else onChange("");
          event.preventDefault();
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}

type SearchResultsProps = {
  query: string;
  scope: "own" | "public";
  status?: Status | undefined;
  /** Whose documents, if not the viewer's own. */
  team?: Team;
  viewer: Viewer;
  onClear: () => void;
};

/** The documents that contain the words, best match first, live. */
export function SearchResults({
  query,
  scope,
  status,
  team,
  viewer,
  onClear,
}: SearchResultsProps) {
  const isKnown = viewer.status !== "checking";
  const ofTeam = team && { ownerId: team.ownerId };
  const { found, isSearching } = useSearch(
    query,
    isKnown ? { scope, ...(status && { status }), ...ofTeam } : "skip",
  );
  const roleIn = ({ ownerId }: AppDocument) =>
    ownerId === viewer.ownerId ? "owner" : team ? roleInTeam(team) : "public";
  const ofOwn = team ? "author" : "status";
  if (found === null) return <ListSkeleton />;
  if (found.documents.length === 0 && !isSearching)
    return (
      <EmptyState icon="search" title={`Nothing found for “${found.words}”`}>
        <p>
          Titles and texts are searched, word by word. Fewer or other words may
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
            role={roleIn(document)}
            shows={scope === "public" ? "owner" : ofOwn}
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

/** Pause in typing before a search starts (ms). */
const PAUSE = 180;
/** The most results shown. */
const MAX_FOUND = 50;

type Scope = Pick<
  FunctionArgs<typeof api.documents.search>,
  "scope" | "status" | "ownerId"
>;

/** The best matches, and the words they match. */
type Found = { words: string; documents: AppDocument[] };

/** Searches while the user types. The last result stays until the next one; `null` before the first. */
function useSearch(
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

/** A value once it has stayed the same for a while. @param delay in ms */
function useDebounced<T>(value: T, delay: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return settled;
}
