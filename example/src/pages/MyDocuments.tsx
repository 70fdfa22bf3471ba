import { useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { BulkProgress } from "../documents/bulk.js";
import { NewDocumentButton } from "../documents/create.js";
import { STATUS_LABELS, STATUSES, type Status } from "../documents/document.js";
import { DocumentList, DocumentRow } from "../documents/list.js";
import { SearchBox, SearchResults } from "../documents/search.js";
import { SelectionBar, useSelection } from "../documents/selection.js";
import { hrefTo } from "../route.js";
import { SessionRefused, type Viewer } from "../session.js";
import { Dock, EmptyState, PageHeader } from "../ui/layout.js";
import { ErrorBoundary } from "../ui/refusals.js";

type MyDocumentsProps = {
  viewer: Exclude<Viewer, { status: "signedOut" }>;
  status: Status | undefined;
};

export function MyDocuments({ viewer, status }: MyDocumentsProps) {
  const [query, setQuery] = useState("");
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>My documents · Acme Docs</title>
      <PageHeader title="My documents">
        <NewDocumentButton />
      </PageHeader>
      <div className="filters">
        <StatusFilter value={status} />
        <SearchBox label="my documents" value={query} onChange={setQuery} />
      </div>
      <ErrorBoundary key={status ?? "all"}>
        {query.trim() === "" ? (
          <OwnList viewer={viewer} status={status} />
        ) : (
          <SearchResults
            query={query}
            scope="own"
            status={status}
            viewer={viewer}
            onClear={() => setQuery("")}
          />
        )}
      </ErrorBoundary>
    </>
  );
}

function OwnList({ viewer, status }: MyDocumentsProps) {
  const list = useDocuments(
    api.documents.list,
    viewer.status === "signedIn" ? { ...(status && { status }) } : "skip",
  );
  const selection = useSelection(
    list.status === "ready" ? list.documents.map(({ _id }) => _id) : [],
  );
  return (
    <>
      <DocumentList
        label="My documents"
        list={list}
        empty={<EmptyList status={status} />}
      >
        {(document) => (
          <DocumentRow
            key={document._id}
            document={document}
            isOwn
            showsOwner={false}
            selection={selection}
          />
        )}
      </DocumentList>
      <Dock>
        <BulkProgress />
        <SelectionBar
          selection={selection}
          status={status}
          hasMore={list.status === "ready" && list.hasMore}
        />
      </Dock>
    </>
  );
}

/** Links, not buttons: a filtered list has an address. */
function StatusFilter({ value }: { value: Status | undefined }) {
  return (
    <nav className="segments" aria-label="Status">
      {[undefined, ...STATUSES].map((status) => (
        <a
          key={status ?? "all"}
          className="segments__item"
          href={hrefTo({ page: "mine", ...(status && { status }) })}
          aria-current={status === value ? "true" : undefined}
        >
          {status === undefined ? "All" : STATUS_LABELS[status]}
        </a>
      ))}
    </nav>
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

/** The user's own list without documents. */
function EmptyList({ status }: { status: Status | undefined }) {
  if (status === undefined) {
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
  const [title, text] = TEXTS[status];
  return (
    <EmptyState icon="file" title={title}>
      <p>{text}</p>
      <a className="button" href={hrefTo({ page: "mine" })}>
        Show all
      </a>
    </EmptyState>
  );
}
