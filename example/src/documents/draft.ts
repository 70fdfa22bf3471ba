import type { AppDocument } from "./document.js";

/** The fields edited in place. */
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

/** Whether another window has saved different text in a field that is edited here. */
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
 * The draft on top of the latest version. Changes of other fields are taken over; a draft that clashes keeps its base
 * version, so saving it is a conflict and no text is lost.
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

/** The draft after `sent` was saved as `version`: what was typed meanwhile. */
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

/** A piece of a text: shared with another text, or its own. */
export type Part = { text: string; isOwn: boolean };

/** Pairs of words compared at most. Beyond, everything between the shared ends counts as different. */
const MAX_PAIRS = 1_000_000;

/** The pieces of `text`, in order, each marked as shared with `other` or not. To whole words, so that marks can be read. */
export function difference(text: string, other: string): Part[] {
  const words = split(text);
  const others = split(other);
  const shortest = Math.min(words.length, others.length);
  let start = 0;
  while (start < shortest && words[start] === others[start]) start++;
  let end = 0;
  while (end < shortest - start && words.at(-1 - end) === others.at(-1 - end)) {
    end++;
  }
  const middle = words.slice(start, words.length - end);
  const kept = shared(middle, others.slice(start, others.length - end));
  return join([
    ...words.slice(0, start).map((word) => ({ text: word, isOwn: false })),
    ...middle.map((word, index) => ({ text: word, isOwn: !kept.has(index) })),
    ...words
      .slice(words.length - end)
      .map((word) => ({ text: word, isOwn: false })),
  ]);
}

/** Words, each with the space after it. */
function split(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\s)(?=\S)/);
}

/** The indexes of the words of a longest common subsequence. */
function shared(words: string[], others: string[]): Set<number> {
  const width = others.length + 1;
  const kept = new Set<number>();
  if (words.length * width > MAX_PAIRS) return kept;
  // lengths[i * width + j]: how many words the rests from i and from j have in common, in order.
  const lengths = new Uint32Array((words.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = words.length - 1; i >= 0; i--) {
    for (let j = others.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        words[i] === others[j]
          ? at(i + 1, j + 1) + 1
          : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < words.length && j < others.length;) {
    if (words[i] === others[j]) {
      kept.add(i);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

/** Neighbours of one kind become one piece. */
function join(parts: Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.isOwn === part.isOwn) last.text += part.text;
    else joined.push({ ...part });
  }
  return joined;
}
