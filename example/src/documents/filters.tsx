import { useQueries } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { useMemo } from "react";
import { api } from "../../convex/_generated/api.js";
import { goTo, hrefTo } from "../route.js";
import { Icon } from "../ui/controls.js";
import {
  STATUS_LABELS,
  STATUSES,
  type AppDocument,
  type Status,
} from "./document.js";
import { SORTS, isSort, type Filter } from "./filter.js";

/** The server counts up to here, then says that there are more. */
const COUNTED = 99;

type CountArgs = FunctionArgs<typeof api.documents.count>;
type Counts = Record<string, string | undefined>;

/**
 * A live number for each name. None while it loads, nor while a view is being built of more documents than can be counted
 * without it: a filter works without its number.
 */
export function useCounts(asked: Record<string, CountArgs> | "skip"): Counts {
  const text = JSON.stringify(asked === "skip" ? {} : asked);
  // `useQueries` wants the same object as long as it asks the same.
  const queries = useMemo(() => {
    const entries = Object.entries(
      JSON.parse(text) as Record<string, CountArgs>,
    );
    return Object.fromEntries(
      entries.map(([name, args]) => [
        name,
        { query: api.documents.count, args: { ...args, upTo: COUNTED } },
      ]),
    );
  }, [text]);
  const results = useQueries(queries) as Record<
    string,
    { count: number; more: boolean } | Error | undefined
  >;
  return Object.fromEntries(
    Object.entries(results).map(([name, result]) => [
      name,
      result === undefined || result instanceof Error
        ? undefined
        : `${result.count}${result.more ? "+" : ""}`,
    ]),
  );
}

type FilterProps = {
  filter: Filter;
  /** Whether the server knows by now who asks. */
  isSignedIn: boolean;
};

/** Links, not buttons: a filtered list has an address. */
export function StatusFilter({ filter, isSignedIn }: FilterProps) {
  const { sort, tag } = filter;
  const ofStatus = (status: Status): CountArgs => ({
    view: "board",
    where: { status },
  });
  const counts = useCounts(
    isSignedIn
      ? {
          all: { view: "byTitle" },
          draft: ofStatus("draft"),
          published: ofStatus("published"),
          archived: ofStatus("archived"),
        }
      : "skip",
  );
  return (
    <nav className="segments" aria-label="Status">
      {[undefined, ...STATUSES].map((status) => (
        <a
          key={status ?? "all"}
          className="segments__item"
          href={hrefTo({
            page: "mine",
            ...(status && { status }),
            ...(sort && { sort }),
          })}
          aria-current={
            tag === undefined && status === filter.status ? "true" : undefined
          }
        >
          {status === undefined ? "All" : STATUS_LABELS[status]}
          <Count of={counts[status ?? "all"]} />
        </a>
      ))}
    </nav>
  );
}

export function Count({ of }: { of: string | undefined }) {
  return of === undefined ? null : <span className="count"> {of}</span>;
}

/** The order of the list. A tag's documents have one order only. */
export function SortSelect({ filter }: { filter: Filter }) {
  if (filter.tag !== undefined) return null;
  const { status, sort } = filter;
  return (
    <select
      className="input sort"
      aria-label="Sort by"
      value={sort ?? ""}
      onChange={({ target: { value } }) =>
        goTo({
          page: "mine",
          ...(status && { status }),
          ...(isSort(value) && { sort: value }),
        })
      }
    >
      <option value="">Last change</option>
      {Object.entries(SORTS).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** Tags of a list, so many at most. */
const SHOWN = 8;

type TagFilterProps = FilterProps & { documents: AppDocument[] };

/** The tags of the documents that are loaded, with the number of all documents that have them. */
export function TagFilter({ filter, isSignedIn, documents }: TagFilterProps) {
  const { tag } = filter;
  const used = documents.flatMap(({ tags = [] }) => tags);
  const tags = [...new Set(tag === undefined ? used : [tag, ...used])];
  const shown = tags.slice(0, SHOWN);
  const counts = useCounts(
    isSignedIn
      ? Object.fromEntries(
          // By index: a tag may be no name for a query.
          shown.map((tags, index): [string, CountArgs] => [
            `tag ${index}`,
            { view: "byTag", where: { tags } },
          ]),
        )
      : "skip",
  );
  if (shown.length === 0) return null;
  return (
    <nav className="tags" aria-label="Tags">
      {shown.map((each, index) => (
        <a
          key={each}
          className="tag"
          href={hrefTo(
            each === tag ? { page: "mine" } : { page: "mine", tag: each },
          )}
          aria-current={each === tag ? "true" : undefined}
        >
          {each}
          <Count of={counts[`tag ${index}`]} />
          {each === tag && (
            <>
              <Icon name="close" />
              <span className="visually-hidden">, show all documents</span>
            </>
          )}
        </a>
      ))}
    </nav>
  );
}
