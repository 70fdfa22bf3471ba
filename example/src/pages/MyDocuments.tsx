import { useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { BulkJob } from "../components/BulkJob.js";
import { Dock } from "../components/Dock.js";
import { DocumentList } from "../components/DocumentList.js";
import { DocumentRow } from "../components/DocumentRow.js";
import { EmptyList } from "../components/EmptyList.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { NewDocumentButton } from "../components/NewDocumentButton.js";
import { PageHeader } from "../components/PageHeader.js";
import { SearchBox } from "../components/SearchBox.js";
import { SearchResults } from "../components/SearchResults.js";
import { SelectionBar } from "../components/SelectionBar.js";
import { SessionRefused } from "../components/SessionRefused.js";
import { StatusFilter } from "../components/StatusFilter.js";
import { useSelection } from "../hooks/useSelection.js";
import type { Viewer } from "../hooks/useViewer.js";
import type { Status } from "../lib/document.js";

type Props = {
  viewer: Exclude<Viewer, { status: "signedOut" }>;
  status: Status | undefined;
};

export function MyDocuments({ viewer, status }: Props) {
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

function OwnList({ viewer, status }: Props) {
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
        <BulkJob />
        <SelectionBar
          selection={selection}
          status={status}
          hasMore={list.status === "ready" && list.hasMore}
        />
      </Dock>
    </>
  );
}
