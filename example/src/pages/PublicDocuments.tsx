import { usePaginatedQuery } from "convex-helpers/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { DocumentList } from "../components/DocumentList.js";
import { EmptyState } from "../components/EmptyState.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { NewDocumentButton } from "../components/NewDocumentButton.js";
import { PageHeader } from "../components/PageHeader.js";
import { TextFilter } from "../components/TextFilter.js";
import type { Viewer } from "../hooks/useViewer.js";

/** Documents asked for at once. */
const PAGE_SIZE = 20;

export function PublicDocuments({ viewer }: { viewer: Viewer }) {
  const [query, setQuery] = useState("");
  return (
    <>
      <title>Public documents · Acme Docs</title>
      <PageHeader
        title="Public documents"
        text="What everyone here has published for anyone to read."
      >
        <NewDocumentButton />
      </PageHeader>
      <div className="filters">
        <TextFilter value={query} onChange={setQuery} />
      </div>
      <ErrorBoundary>
        <PublicList viewer={viewer} query={query} />
      </ErrorBoundary>
    </>
  );
}

function PublicList({ viewer, query }: { viewer: Viewer; query: string }) {
  const args = viewer.status === "checking" ? "skip" : {};
  const list = usePaginatedQuery(api.documents.listPublic, args, {
    initialNumItems: PAGE_SIZE,
  });
  return (
    <DocumentList
      label="Public documents"
      list={list}
      pageSize={PAGE_SIZE}
      query={query}
      viewerId={viewer.ownerId}
      showsOwners
      empty={
        <EmptyState icon="globe" title="Nothing public yet" isFirst>
          <p>
            A document appears here once its owner has made it public and
            published it.
          </p>
          <NewDocumentButton />
        </EmptyState>
      }
    />
  );
}
