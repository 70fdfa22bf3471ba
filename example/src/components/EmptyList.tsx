import type { Status } from "../lib/document.js";
import { hrefTo } from "../lib/route.js";
import { EmptyState } from "./EmptyState.js";
import { NewDocumentButton } from "./NewDocumentButton.js";

const TEXTS: Record<Status, [title: string, text: string]> = {
  draft: ["No drafts", "Nothing of yours is waiting to be finished."],
  published: [
    "Nothing published yet",
    "Publish a document from its page or from its menu.",
  ],
  archived: [
    "Nothing archived",
    "Archive what you are done with. It stays yours, out of the way.",
  ],
};

/** A person's own list without a document in it. */
export function EmptyList({ status }: { status: Status | undefined }) {
  if (status === undefined) {
    return (
      <EmptyState icon="file" title="Write your first document" isFirst>
        <p>
          It starts as a private draft. You decide when it is done and who may
          read it.
        </p>
        <NewDocumentButton />
      </EmptyState>
    );
  }
  const [title, text] = TEXTS[status];
  return (
    <EmptyState icon="file" title={title}>
      <p>{text}</p>
      <a className="button" href={hrefTo({ page: "mine" })}>
        Show all
      </a>
    </EmptyState>
  );
}
