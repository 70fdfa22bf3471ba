import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { Icon } from "../ui/controls.js";

/** A document as this app declares it in `convex/documents.ts`. */
export type AppDocument = NonNullable<
  FunctionReturnType<typeof api.documents.get>
>;
export type Status = AppDocument["status"];

/** In the order in which a document passes through them. */
export const STATUSES = [
  "draft",
  "published",
  "archived",
] as const satisfies Status[];

export const STATUS_LABELS: Record<Status, string> = {
  draft: "Draft",
  published: "Published",
  archived: "Archived",
};

export function isStatus(value: unknown): value is Status {
  return STATUSES.some((status) => status === value);
}

/** What to call a document: its title, if it has one. */
export function nameOf(document: Pick<AppDocument, "title">): string {
  return document.title.trim() === "" ? "Untitled" : document.title;
}

/** The beginning of a document on one line. */
export function excerptOf(document: Pick<AppDocument, "content">): string {
  return document.content.slice(0, 400).replace(/\s+/g, " ").trim();
}

/** The status of a document, and whether it is ahead of what is published. */
export function StatusBadge({
  document: { status, hasDraft = false },
}: {
  document: Pick<AppDocument, "status" | "hasDraft">;
}) {
  return (
    <span className={`badge badge--${hasDraft ? "ahead" : status}`}>
      {STATUS_LABELS[status]}
      {hasDraft && ", edited"}
    </span>
  );
}

/** Who can read a document. `isPublic` has an effect only once it is published. */
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

/** What the trash promises: `undoFor` of convex/retention.ts. */
export const TRASH_PROMISE =
  "You can restore it for a week; then it is deleted for good.";
