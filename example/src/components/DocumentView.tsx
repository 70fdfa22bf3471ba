import { useState } from "react";
import { useEditor } from "../hooks/useEditor.js";
import { goTo } from "../hooks/useRoute.js";
import type { Viewer } from "../hooks/useViewer.js";
import { nameOf, type AppDocument } from "../lib/document.js";
import { ConflictDialog } from "./ConflictDialog.js";
import { DocumentBar } from "./DocumentBar.js";
import { DocumentMeta } from "./DocumentMeta.js";
import { DocumentRefusal } from "./DocumentRefusal.js";
import { DocumentSummary } from "./DocumentSummary.js";
import { DocumentText } from "./DocumentText.js";
import { EditorForm } from "./EditorForm.js";

/** A document: its owner edits it in place, everybody else reads it, and may try. */
export function DocumentView({
  document,
  viewer,
}: {
  document: AppDocument;
  viewer: Viewer;
}) {
  const isOwn = document.ownerId === viewer.ownerId;
  const editor = useEditor(document);
  const [isTrying, setTrying] = useState(editor.state === "dirty");
  const [isReviewing, setReviewing] = useState(false);
  const isEditing = isOwn || isTrying;

  const stopTrying = () => {
    editor.discard();
    setTrying(false);
  };
  return (
    <article className="document">
      <title>{`${nameOf(document)} · Acme Docs`}</title>
      <DocumentBar
        document={document}
        isOwn={isOwn}
        editor={editor}
        onTry={isEditing ? undefined : () => setTrying(true)}
        onLeave={() => goTo({ page: "mine" })}
      />
      <DocumentMeta document={document} isOwn={isOwn} />
      <DocumentRefusal
        document={document}
        editor={editor}
        onGiveUp={isOwn ? undefined : stopTrying}
      />
      <DocumentSummary document={document} isOwn={isOwn} />
      {isEditing ? (
        <EditorForm
          editor={editor}
          onReview={() => setReviewing(true)}
          onDiscard={isOwn ? editor.discard : stopTrying}
        />
      ) : (
        <DocumentText document={document} />
      )}
      {(isReviewing || editor.error?.code === "CONFLICT") && (
        <ConflictDialog
          document={document}
          editor={editor}
          onClose={() => {
            setReviewing(false);
            editor.dismiss();
          }}
        />
      )}
    </article>
  );
}
