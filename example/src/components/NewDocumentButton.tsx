import { useOverlay } from "../hooks/useOverlay.js";
import { Icon } from "./Icon.js";

export function NewDocumentButton() {
  const open = useOverlay();
  return (
    <button
      className="button button--primary"
      aria-label="New document"
      aria-keyshortcuts="n"
      onClick={() => open("new-document")}
    >
      <Icon name="plus" />
      <span>
        New<span className="button__more"> document</span>
      </span>
    </button>
  );
}
