import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";

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

/** Whether everything a person typed occurs in a document's title or content, whatever the case. */
export function matches(
  document: Pick<AppDocument, "title" | "content">,
  query: string,
): boolean {
  const text = `${document.title}\n${document.content}`.toLowerCase();
  const words = query.toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
}
