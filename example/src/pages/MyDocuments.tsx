import { useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { BulkProgress } from "../documents/bulk.js";
import { NewDocumentButton } from "../documents/create.js";
import type { Status } from "../documents/document.js";
import { listArgs, type Filter } from "../documents/filter.js";
import { SortSelect, StatusFilter, TagFilter } from "../documents/filters.js";
import { DocumentList, DocumentRow } from "../documents/list.js";
import { SearchBox, SearchResults } from "../documents/search.js";
import { SelectionBar, useSelection } from "../documents/selection.js";
import { Places } from "../Places.js";
import { hrefTo } from "../route.js";
import { SessionRefused, type Viewer } from "../session.js";
import { Dock, EmptyState, PageHeader } from "../ui/layout.js";
import { ErrorBoundary } from "../ui/refusals.js";

type MyDocumentsProps = {
  viewer: Exclude<Viewer, { status: "signedOut" }>;
  filter: Filter;
};

export function MyDocuments({ viewer, filter }: MyDocumentsProps) {
  const [query, setQuery] = useState("");
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>My documents · Acme Docs</title>
      <PageHeader title="My documents">
        <NewDocumentButton />
      </PageHeader>
      <Places />
      <div className="filters">
        <StatusFilter
          filter={filter}
          isSignedIn={viewer.status === "signedIn"}
        />
        <SortSelect filter={filter} />
        <SearchBox label="my documents" value={query} onChange={setQuery} />
      </div>
      <ErrorBoundary key={hrefTo({ page: "mine", ...filter })}>
        {query.trim() === "" ? (
          <OwnList viewer={viewer} filter={filter} />
        ) : (
          <SearchResults
            query={query}
            scope="own"
            status={filter.status}
            viewer={viewer}
            onClear={() => setQuery("")}
          />
        )}
      </ErrorBoundary>
    </>
  );
}

function OwnList({ viewer, filter }: MyDocumentsProps) {
  const isSignedIn = viewer.status === "signedIn";
  const list = useDocuments(
    api.documents.list,
    isSignedIn ? listArgs(filter) : "skip",
  );
  const { status, sort, tag } = filter;
  // What is selected beyond the loaded rows is told to the server by status, which says neither tag nor date.
  const isByStatus = tag === undefined && sort !== "due";
  const selection = useSelection(
    list.status === "ready" ? list.documents.map(({ _id }) => _id) : [],
  );
  return (
    <>
      <TagFilter
        filter={filter}
        isSignedIn={isSignedIn}
        documents={list.documents ?? []}
      />
      {sort === "due" && list.status === "ready" && (
        <p className="list__note">
          Documents with a due date, the next one first
        </p>
      )}
      <DocumentList
        label="My documents"
        list={list}
        empty={<EmptyList filter={filter} />}
      >
        {(document) => (
          <DocumentRow
            key={document._id}
            document={document}
            role="owner"
            shows="status"
            selection={selection}
          />
        )}
      </DocumentList>
      <Dock>
        <BulkProgress />
        <SelectionBar
          selection={selection}
          status={status}
          hasMore={isByStatus && list.status === "ready" && list.hasMore}
        />
      </Dock>
    </>
  );
}

const TEXTS: Record<Status, [title: string, text: string]> = {
  draft: ["No drafts", "Nothing of yours is waiting to be finished."],
  published: [
    "Nothing published yet",
    "Publish a document from its page or from its menu.",
  ],
  archived: [
    "Nothing archived",
    "Archive what you are done with. It stays yours, out of the way.",
  ],
};

function textsOf({ status, sort, tag }: Filter): [title: string, text: string] {
  if (tag !== undefined) {
    return [`Nothing tagged “${tag}”`, "Add tags on a document's page."];
  }
  if (sort === "due") {
    return ["Nothing is due", "Set a due date on a document's page."];
  }
  if (status === undefined) {
    return ["No documents yet", "Nothing to sort: write the first one."];
  }
  return TEXTS[status];
}

/** The user's own list without documents. */
function EmptyList({ filter }: { filter: Filter }) {
  const { status, sort, tag } = filter;
  if (sort === undefined && status === undefined && tag === undefined) {
    return (
      <EmptyState icon="file" title="Write your first document" isFirst>
        <p>
          It starts as a private draft. You decide when it is done and who may
          read it.
        </p>
        <NewDocumentButton />
      </EmptyState>
    );
  }
  const [title, text] = textsOf(filter);
  return (
    <EmptyState icon="file" title={title}>
      <p>{text}</p>
      <a className="button" href={hrefTo({ page: "mine" })}>
        Show all
      </a>
    </EmptyState>
  );
}
