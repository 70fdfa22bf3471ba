import { useOverlay } from "../hooks/useOverlay.js";
import { Icon } from "./Icon.js";

export function NewDocumentButton() {
  const open = useOverlay();
  return (
    <button
      className="button button--primary"
      aria-keyshortcuts="n"
      onClick={() => open("new-document")}
    >
      <Icon name="plus" />
      New document
    </button>
  );
}
