import type { AppDocument } from "./document.js";

/** The fields edited in place. */
export type Text = Pick<AppDocument, "title" | "content">;

const FIELDS = ["title", "content"] as const satisfies (keyof Text)[];

export function textOf({ title, content }: Text): Text {
  return { title, content };
}

export function isText(value: unknown): value is Text {
  const text = value as Partial<Text> | null;
  return (
    typeof text === "object" &&
    text !== null &&
    FIELDS.every((field) => typeof text[field] === "string")
  );
}
