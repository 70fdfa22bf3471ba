import { changedFields } from "@acme/convex-docs/react";
import type { AppDocument } from "../documents/document.js";

/** The fields that a person knows, by what they are called, each as a text to compare. */
const FIELDS = {
  title: ["title", textOf],
  content: ["text", textOf],
  tags: ["tags", (value) => (Array.isArray(value) ? value.join(", ") : "")],
  dueAt: ["due date", dayOf],
  summary: ["summary", textOf],
} as const satisfies Partial<
  Record<keyof AppDocument, [label: string, text: (value: unknown) => string]>
>;

export type FieldName = keyof typeof FIELDS;

/** A field whose content was another one. */
export type ChangedField = {
  name: FieldName;
  label: string;
  then: string;
  now: string;
};

/** What a document contained that it does not contain now, field by field. A revision may be of an earlier declaration. */
export function changesOf(
  then: Record<string, unknown>,
  now: AppDocument,
): ChangedField[] {
  return changedFields(then, now)
    .filter(isField)
    .map((name) => {
      const [label, text] = FIELDS[name];
      return { name, label, then: text(then[name]), now: text(now[name]) };
    })
    .filter(({ then, now }) => then !== now);
}

/** What a field is called, if a person knows it. */
export function labelOf(name: string): string {
  return isField(name) ? FIELDS[name][0] : name;
}

function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name);
}

/** "Title", "Due date": at the beginning of a line. */
export function heading(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function dayOf(value: unknown): string {
  return typeof value === "number"
    ? new Date(value).toLocaleDateString(undefined, { dateStyle: "long" })
    : "";
}
