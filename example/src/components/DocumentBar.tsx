import { useDocumentActions } from "../hooks/useDocumentActions.js";
import type { Editor } from "../hooks/useEditor.js";
import type { AppDocument } from "../lib/document.js";
import { hrefTo } from "../lib/route.js";
import { DocumentMenu } from "./DocumentMenu.js";
import { Icon } from "./Icon.js";
import { Switch } from "./Switch.js";

type Props = {
  document: AppDocument;
  isOwn: boolean;
  editor: Editor;
  onTry: (() => void) | undefined;
  /** After the document has been deleted. */
  onLeave: () => void;
};

/** The way back, and what can be done to the document as a whole. */
export function DocumentBar({
  document,
  isOwn,
  editor,
  onTry,
  onLeave,
}: Props) {
  const { setPublic, setStatus } = useDocumentActions(document);
  const isDirty = editor.state === "dirty";
  const publish = () =>
    void (isDirty ? editor.save("published") : setStatus("published"));
  return (
    <div className="document__bar">
      <a
        className="button button--quiet"
        href={hrefTo({ page: isOwn ? "mine" : "public" })}
      >
        <Icon name="arrow-left" />
        {isOwn ? "My documents" : "Public"}
      </a>
      <div className="document__actions">
        {onTry && (
          <button className="button" onClick={onTry}>
            <Icon name="pencil" />
            Try to edit
          </button>
        )}
        {isOwn && (
          <>
            <Switch
              label="Public"
              checked={document.isPublic}
              onChange={(checked) => void setPublic(checked)}
            />
            {document.status !== "published" && (
              <button className="button button--primary" onClick={publish}>
                {isDirty ? "Save and publish" : "Publish"}
              </button>
            )}
            <DocumentMenu document={document} onRemove={onLeave} />
          </>
        )}
      </div>
    </div>
  );
}
