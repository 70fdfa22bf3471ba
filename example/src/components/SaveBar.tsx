import { useConnection } from "../hooks/useConnection.js";
import type { Editor, EditorState } from "../hooks/useEditor.js";
import { MOD_ENTER } from "../lib/keys.js";
import { Icon } from "./Icon.js";

type Props = { editor: Editor; onReview: () => void; onDiscard: () => void };

/** Says whether what is on the page has been saved, and saves it. */
export function SaveBar({ editor, onReview, onDiscard }: Props) {
  const { state, isClashing } = editor;
  const isOnline = useConnection() === "online";
  return (
    <div className="save-bar" data-state={state}>
      <span className="save-bar__state" role="status">
        {state === "saved" && <Icon name="check" />}
        {isClashing ? "Changed in another window" : say(state, isOnline)}
      </span>
      {isClashing && state === "dirty" && (
        <button
          type="button"
          className="button button--quiet"
          onClick={onReview}
        >
          Compare
        </button>
      )}
      {(state === "dirty" || state === "saving") && (
        <>
          <button
            type="button"
            className="button button--quiet"
            aria-disabled={state === "saving"}
            onClick={onDiscard}
          >
            Discard
          </button>
          <button
            type="submit"
            className="button button--primary"
            aria-disabled={state === "saving"}
          >
            Save
            <kbd>{MOD_ENTER}</kbd>
          </button>
        </>
      )}
    </div>
  );
}

function say(state: EditorState, isOnline: boolean): string {
  if (state === "saving")
    return isOnline ? "Saving…" : "Waiting for the connection…";
  if (state === "dirty") return "Unsaved changes";
  return state === "saved" ? "Saved" : "";
}
