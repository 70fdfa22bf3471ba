import { usePaginatedQuery } from "convex-helpers/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { DocumentList } from "../components/DocumentList.js";
import { EmptyList } from "../components/EmptyList.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { NewDocumentButton } from "../components/NewDocumentButton.js";
import { PageHeader } from "../components/PageHeader.js";
import { SessionRefused } from "../components/SessionRefused.js";
import { StatusFilter } from "../components/StatusFilter.js";
import { TextFilter } from "../components/TextFilter.js";
import type { Viewer } from "../hooks/useViewer.js";
import type { Status } from "../lib/document.js";

/** Documents asked for at once. */
const PAGE_SIZE = 20;

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
        <TextFilter value={query} onChange={setQuery} />
      </div>
      <ErrorBoundary key={status ?? "all"}>
        <OwnList viewer={viewer} status={status} query={query} />
      </ErrorBoundary>
    </>
  );
}

function OwnList({ viewer, status, query }: Props & { query: string }) {
  const list = usePaginatedQuery(
    api.documents.list,
    viewer.status === "signedIn" ? { ...(status && { status }) } : "skip",
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <DocumentList
      label="My documents"
      list={list}
      pageSize={PAGE_SIZE}
      query={query}
      viewerId={viewer.ownerId}
      empty={<EmptyList status={status} />}
    />
  );
}
