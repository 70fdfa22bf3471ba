import { useDocsMutation } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { useRefusal } from "../hooks/useRefusal.js";
import { useToasts } from "../hooks/useToasts.js";
import { excerptOf, nameOf, type AppDocument } from "../lib/document.js";
import { ConfirmDialog } from "./ConfirmDialog.js";
import { Icon } from "./Icon.js";

/** One document in the trash: it can come back or go, and nothing else. */
export function TrashRow({ document }: { document: AppDocument }) {
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
