import { useDocumentActions } from "../hooks/useDocumentActions.js";
import type { Editor } from "../hooks/useEditor.js";
import type { AppDocument } from "../lib/document.js";
import { fieldProblem } from "../lib/failure.js";
import { personOf } from "../lib/people.js";
import { Refusal } from "./Refusal.js";

type Props = {
  document: AppDocument;
  editor: Editor;
  /** Goes back to reading; absent for the owner. */
  onGiveUp: (() => void) | undefined;
};

/** Why the text could not be saved. A conflict has its dialog, a field its own message, a stranger the sign-in. */
export function DocumentRefusal({ document, editor, onGiveUp }: Props) {
  const { copy } = useDocumentActions(document);
  const { error } = editor;
  if (
    error === null ||
    error.code === "CONFLICT" ||
    error.code === "UNAUTHORIZED"
  )
    return null;
  if (fieldProblem(error, "title") ?? fieldProblem(error, "content"))
    return null;

  const saveCopy = async () => {
    if (await copy(editor.text)) editor.discard();
  };
  return (
    <Refusal failure={error} owner={personOf(document.ownerId).name}>
      {error.code === "FORBIDDEN" && (
        <>
          <button className="button" onClick={() => void saveCopy()}>
            Save as my own copy
          </button>
          {onGiveUp && (
            <button className="button button--quiet" onClick={onGiveUp}>
              Discard my changes
            </button>
          )}
        </>
      )}
    </Refusal>
  );
}
