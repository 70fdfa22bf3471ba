import { useDocsMutation, useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { BulkProgress, useBulk } from "../documents/bulk.js";
import {
  excerptOf,
  nameOf,
  TRASH_PROMISE,
  type AppDocument,
} from "../documents/document.js";
import { DocumentList } from "../documents/list.js";
import { SessionRefused, type Viewer } from "../session.js";
import { Icon } from "../ui/controls.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { Dock, EmptyState, PageHeader } from "../ui/layout.js";
import { ErrorBoundary, useRefusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";

type TrashProps = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** The user's removed documents. */
export function Trash({ viewer }: TrashProps) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Trash · Acme Docs</title>
      <PageHeader
        title="Trash"
        text={`Only you see what is here. ${TRASH_PROMISE}`}
      />
      <ErrorBoundary>
        <TrashList viewer={viewer} />
      </ErrorBoundary>
      <Dock>
        <BulkProgress />
      </Dock>
    </>
  );
}

function TrashList({ viewer }: TrashProps) {
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

/** One document in the trash: restore or delete. */
function TrashRow({ document }: { document: AppDocument }) {
  const restore = useDocsMutation(api.documents.restore);
  const purge = useDocsMutation(api.documents.purge);
  const refuse = useRefusal();
  const show = useToasts();
  const [isConfirming, setConfirming] = useState(false);
  const { _id: id, version } = document;
  const name = nameOf(document);

  const run = async ({ mutate }: typeof restore, title: string) => {
    const outcome = await mutate({ id, ifVersion: version });
    if (outcome.ok) show({ tone: "done", title });
    else refuse(outcome.error);
  };
  const excerpt = excerptOf(document);
  return (
    <li className="row">
      <div className="row__text">
        <p className="row__title">{name}</p>
        <p className="row__excerpt">
          {excerpt === "" ? "No text yet" : excerpt}
        </p>
      </div>
      <div className="row__actions">
        <button
          className="button"
          aria-label={`Restore ${name}`}
          aria-disabled={restore.isPending}
          onClick={() => void run(restore, `Restored “${name}”`)}
        >
          <Icon name="restore" />
          Restore
        </button>
        <button
          className="button button--icon"
          aria-label={`Delete ${name} for good`}
          onClick={() => setConfirming(true)}
        >
          <Icon name="trash" />
        </button>
      </div>
      {isConfirming && (
        <ConfirmDialog
          title={`Delete “${name}” for good?`}
          confirm="Delete for good"
          onConfirm={() => void run(purge, `Deleted “${name}” for good`)}
          onClose={() => setConfirming(false)}
        >
          It cannot be brought back.
        </ConfirmDialog>
      )}
    </li>
  );
}

/** Deletes everything in the trash for good. */
function EmptyTrashButton() {
  const { start, isBusy } = useBulk();
  const [isConfirming, setConfirming] = useState(false);
  return (
    <>
      <button
        className="button"
        aria-disabled={isBusy}
        onClick={() => !isBusy && setConfirming(true)}
      >
        Empty the trash…
      </button>
      {isConfirming && (
        <ConfirmDialog
          title="Delete everything in the trash for good?"
          confirm="Empty the trash"
          onConfirm={() => void start("purge", { where: {} })}
          onClose={() => setConfirming(false)}
        >
          None of it can be brought back.
        </ConfirmDialog>
      )}
    </>
  );
}
