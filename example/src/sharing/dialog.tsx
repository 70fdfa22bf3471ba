import { useMembers } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { nameOf, type AppDocument } from "../documents/document.js";
import { useOwners } from "../teams/teams.js";
import { Icon } from "../ui/controls.js";
import { Dialog } from "../ui/dialog.js";
import { Refusal } from "../ui/refusals.js";
import { Links } from "./links.js";
import { People } from "./people.js";

type ShareProps = { document: AppDocument; viewerId: string };

/** Opens the share dialog. */
export function ShareButton(props: ShareProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button className="button" onClick={() => setOpen(true)}>
        <Icon name="people" />
        Share
      </button>
      {isOpen && <ShareDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Who has access: people by e-mail, with roles, and links. */
function ShareDialog({
  document,
  viewerId,
  onClose,
}: ShareProps & { onClose: () => void }) {
  return (
    <Dialog title={`Share “${nameOf(document)}”`} onClose={onClose}>
      {(close) => (
        <>
          <Access document={document} viewerId={viewerId} />
          <div className="dialog__actions">
            <button className="button button--primary" onClick={close}>
              Done
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Access({ document, viewerId }: ShareProps) {
  const { _id: id, ownerId } = document;
  const owner = useOwners()(ownerId);
  const state = useMembers(api.documents.members, { id });
  switch (state.status) {
    case "loading":
      return (
        <p className="dialog__text" role="status">
          Looking who has access…
        </p>
      );
    // A role may go while the dialog is open.
    case "missing":
      return (
        <p className="dialog__text" role="alert">
          This document is not shared with you any more.
        </p>
      );
    case "forbidden":
      return (
        <div className="share__part">
          <Refusal
            failure={{
              ns: "convex-docs",
              code: "FORBIDDEN",
              message: "Only the owner and managers share this document.",
              retryable: false,
              documentId: id,
            }}
            explanation={{
              title: "Only the owner and managers share this document",
              text: `Ask ${owner.ask} to let somebody in, or to make you a manager.`,
            }}
          />
        </div>
      );
    case "error":
      return <Refusal failure={state.error} />;
    case "ready":
      return (
        <>
          <People
            id={id}
            owner={owner}
            ownerId={state.ownerId}
            members={state.members}
            viewerId={viewerId}
          />
          <Links id={id} links={state.links} />
        </>
      );
  }
}
