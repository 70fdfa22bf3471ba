import type { AppDocument } from "../lib/document.js";
import { Icon } from "./Icon.js";

/** Who can read a document. `isPublic` alone shows nothing to anybody: it takes publishing, too. */
export function Visibility({
  document,
  isShort = false,
}: {
  document: AppDocument;
  isShort?: boolean;
}) {
  const { isPublic, status } = document;
  const name = isPublic ? "Public" : "Private";
  const text =
    isPublic && status !== "published" ? "Public once published" : name;
  return (
    <span className="visibility" title={text}>
      <Icon name={isPublic ? "globe" : "lock"} />
      <span className={isShort ? "visually-hidden" : ""}>{text}</span>
    </span>
  );
}
