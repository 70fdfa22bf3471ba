import { hrefTo } from "../route.js";
import { Icon } from "../ui/controls.js";
import { useDocumentActions, type Standing } from "./actions.js";
import type { AppDocument } from "./document.js";

type UnpublishedChangesProps = {
  document: AppDocument;
  role: Standing | undefined;
  /** Whether something is typed that is not saved: that is saved or discarded first. */
  isDirty: boolean;
};

/** That a document is ahead of what is published, and the way back. */
export function UnpublishedChanges({
  document,
  role,
  isDirty,
}: UnpublishedChangesProps) {
  const { discardDraft, isPending } = useDocumentActions(document, role);
  if (!document.hasDraft) return null;
  const mayEdit = role === "editor" || role === "manager" || role === "owner";
  return (
    <section className="notice" aria-label="Unpublished changes">
      <Icon name="pencil" />
      <p className="notice__text">
        <strong>Unpublished changes.</strong>{" "}
        {document.isPublic
          ? "Readers see what was published."
          : "What was published stays until you publish them."}
      </p>
      {mayEdit && (
        <div className="notice__actions">
          <a
            className="button button--quiet"
            href={hrefTo({ page: "history", id: document._id })}
          >
            Look at them
          </a>
          {!isDirty && (
            <button
              className="button"
              aria-disabled={isPending}
              onClick={() => !isPending && void discardDraft()}
            >
              Discard them
            </button>
          )}
        </div>
      )}
    </section>
  );
}
