import { useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { NewDocumentButton } from "../documents/create.js";
import { DocumentList, DocumentRow } from "../documents/list.js";
import { SearchBox, SearchResults } from "../documents/search.js";
import type { Viewer } from "../session.js";
import { EmptyState, PageHeader } from "../ui/layout.js";
import { ErrorBoundary } from "../ui/refusals.js";

const site: unknown = import.meta.env["VITE_CONVEX_SITE_URL"];

/** Where the deployment serves public documents over HTTP; `null` when the page does not know the address. */
const httpList =
  typeof site === "string" && site !== ""
    ? `${site}/api/documents?scope=public`
    : null;

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
          role={document.ownerId === viewer.ownerId ? "owner" : "public"}
          shows="owner"
        />
      )}
    </DocumentList>
  );
}
