import type { AppDocument } from "./document.js";

/** What a person edits in place. */
export type Text = Pick<AppDocument, "title" | "content">;
/** An edit that has not been saved: the text now, and what it was when the edit began. */
export type Draft = { base: Text & { version: number }; text: Text };

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

export function isDraft(value: unknown): value is Draft {
  const draft = value as Partial<Draft> | null;
  return (
    typeof draft === "object" &&
    draft !== null &&
    isText(draft.text) &&
    isText(draft.base) &&
    typeof draft.base.version === "number"
  );
}

/** The fields that were edited, as `update` takes them: nothing else is sent, so nothing else is overwritten. */
export function edits({ base, text }: Draft): Partial<Text> {
  const touched = FIELDS.filter((field) => text[field] !== base[field]);
  return Object.fromEntries(touched.map((field) => [field, text[field]]));
}

/** The draft after some typing; `null` when the text is back where it began. */
export function type(
  draft: Draft | null,
  document: Text & { version: number },
  change: Partial<Text>,
): Draft | null {
  const { version } = document;
  const from = draft ?? {
    base: { ...textOf(document), version },
    text: textOf(document),
  };
  return unlessEmpty({ ...from, text: { ...from.text, ...change } });
}

/** Whether somebody saved other text in a field that is being edited here: a person has to choose. */
export function clashes(
  draft: Draft,
  document: Text & { version: number },
): boolean {
  if (document.version <= draft.base.version) return false;
  return FIELDS.some(
    (field) =>
      draft.text[field] !== draft.base[field] &&
      document[field] !== draft.base[field] &&
      document[field] !== draft.text[field],
  );
}

/**
 * The draft on top of what has been saved elsewhere since. Changes to other fields are taken over; a draft that clashes
 * stays on the version it began at, so that saving it is refused and nobody's words are lost.
 */
export function rebase(
  draft: Draft,
  document: Text & { version: number },
): Draft | null {
  const { version } = document;
  if (version <= draft.base.version || clashes(draft, document)) return draft;
  const base = { ...textOf(document), version };
  return unlessEmpty({ base, text: { ...textOf(document), ...edits(draft) } });
}

/** What is left of a draft once `sent` has been saved as `version`: what was typed in the meantime. */
export function settle(
  draft: Draft | null,
  sent: Text,
  version: number,
): Draft | null {
  return draft && unlessEmpty({ base: { ...sent, version }, text: draft.text });
}

function unlessEmpty(draft: Draft): Draft | null {
  return Object.keys(edits(draft)).length === 0 ? null : draft;
}
