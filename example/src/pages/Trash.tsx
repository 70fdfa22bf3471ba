import { useDocuments } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import { BulkJob } from "../components/BulkJob.js";
import { Dock } from "../components/Dock.js";
import { DocumentList } from "../components/DocumentList.js";
import { EmptyState } from "../components/EmptyState.js";
import { EmptyTrashButton } from "../components/EmptyTrashButton.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { PageHeader } from "../components/PageHeader.js";
import { SessionRefused } from "../components/SessionRefused.js";
import { TrashRow } from "../components/TrashRow.js";
import type { Viewer } from "../hooks/useViewer.js";

type Props = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** What its owner has removed, until they delete it for good. */
export function Trash({ viewer }: Props) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Trash · Acme Docs</title>
      <PageHeader
        title="Trash"
        text="Only you see what is here. It stays until you restore it or delete it for good."
      />
      <ErrorBoundary>
        <TrashList viewer={viewer} />
      </ErrorBoundary>
      <Dock>
        <BulkJob />
      </Dock>
    </>
  );
}

function TrashList({ viewer }: Props) {
  const list = useDocuments(
    api.documents.listTrash,
    viewer.status === "signedIn" ? {} : "skip",
  );
  return (
    <>
      {list.status === "ready" && (
        <div className="filters">
          <span className="list__note">Newest first</span>
          <EmptyTrashButton />
        </div>
      )}
      <DocumentList
        label="Trash"
        list={list}
        empty={
          <EmptyState icon="trash" title="The trash is empty">
            <p>Documents that you move to the trash wait here.</p>
          </EmptyState>
        }
      >
        {(document) => <TrashRow key={document._id} document={document} />}
      </DocumentList>
    </>
  );
}
