import { useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { DocumentList } from "../components/DocumentList.js";
import { DocumentRow } from "../components/DocumentRow.js";
import { EmptyState } from "../components/EmptyState.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { NewDocumentButton } from "../components/NewDocumentButton.js";
import { PageHeader } from "../components/PageHeader.js";
import { SearchBox } from "../components/SearchBox.js";
import { SearchResults } from "../components/SearchResults.js";
import type { Viewer } from "../hooks/useViewer.js";
import { httpList } from "../lib/client.js";

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
        <SearchBox label="public documents" value={query} onChange={setQuery} />
        {httpList !== null && (
          <a className="button button--quiet" href={httpList}>
            As JSON
          </a>
        )}
      </div>
      <ErrorBoundary>
        {query.trim() === "" ? (
          <PublicList viewer={viewer} />
        ) : (
          <SearchResults
            query={query}
            scope="public"
            viewer={viewer}
            onClear={() => setQuery("")}
          />
        )}
      </ErrorBoundary>
    </>
  );
}

function PublicList({ viewer }: { viewer: Viewer }) {
  const args = viewer.status === "checking" ? "skip" : {};
  const list = useDocuments(api.documents.listPublic, args);
  return (
    <DocumentList
      label="Public documents"
      list={list}
      empty={
        <EmptyState icon="globe" title="Nothing public yet" isFirst>
          <p>
            A document appears here once its owner has made it public and
            published it.
          </p>
          <NewDocumentButton />
        </EmptyState>
      }
    >
      {(document) => (
        <DocumentRow
          key={document._id}
          document={document}
          isOwn={document.ownerId === viewer.ownerId}
          showsOwner
        />
      )}
    </DocumentList>
  );
}
