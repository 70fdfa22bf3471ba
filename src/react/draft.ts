/**
 * An edit that is not saved: what was typed into which field, and what each was when the edit began. Pure.
 *
 * Fields are compared by value and not by the document's version, so that a write to another field is no conflict.
 *
 * @module
 */
import {
  compareValues,
  convexToJson,
  jsonToConvex,
  type JSONValue,
  type Value,
} from "convex/values";

/** A document, as far as an editor has to know it. */
export type EditedDocument = { _id: string; version: number };

/** A field's value; `undefined` where the document has none. */
type FieldValue = Value | undefined;
/** By field: what it was when its edit began, and what it is to be. */
export type Edits = Record<string, { from?: FieldValue; to?: FieldValue }>;

export type Draft = {
  edits: Edits;
  /** The newest version of the document in which no edited field was somebody else's. */
  version: number;
  /** The version that the newest save of this draft made; 0 before. An older document has not caught up with it. */
  saved: number;
};

/** The values that clear a column: the server stores neither. */
export const CLEARED = new Map<string, FieldValue>([
  ["pinned", false],
  ["expiresAt", null],
]);

/** Whether two values of a field are the same to the server. */
function isSame(name: string, a: FieldValue, b: FieldValue): boolean {
  const stored = (value: FieldValue) =>
    value === CLEARED.get(name) ? undefined : value;
  return compareValues(stored(a), stored(b)) === 0;
}

function valueOf(document: EditedDocument, name: string): FieldValue {
  return (document as Record<string, FieldValue>)[name];
}

/**
 * The draft with some fields changed; `null` when each is back where its edit began. A field that is being saved keeps its
 * edit even then: it will no longer be where it began.
 */
export function editDraft(
  draft: Draft | null,
  document: EditedDocument,
  changes: object,
  sent: Edits,
): Draft | null {
  const edits = { ...draft?.edits };
  for (const [name, to] of Object.entries(changes) as [string, FieldValue][]) {
    const { from } = edits[name] ?? { from: valueOf(document, name) };
    if (isSame(name, from, to) && !sent[name]) {
      Reflect.deleteProperty(edits, name);
    } else edits[name] = { from, to };
  }
  const { version, saved } = draft ?? { version: document.version, saved: 0 };
  return withEdits({ edits, version, saved });
}

/** The draft on what the document has become. An edit that somebody else has saved is done. */
export function rebase(
  draft: Draft | null,
  document: EditedDocument,
): Draft | null {
  if (!draft || document.version < draft.saved) return draft;
  const edits: Edits = {};
  let changed = false;
  for (const [name, edit] of Object.entries(draft.edits)) {
    const now = valueOf(document, name);
    const isDone = isSame(name, edit.to, now);
    // What this draft saved is what the document says of it: a schema may have trimmed it.
    const moves =
      document.version === draft.saved && !isSame(name, edit.from, now);
    if (!isDone) edits[name] = moves ? { from: now, to: edit.to } : edit;
    changed ||= isDone || moves;
  }
  const { saved } = draft;
  const version =
    clashes(draft, document).length > 0 ? draft.version : document.version;
  return changed || version !== draft.version
    ? withEdits({ edits, version, saved })
    : draft;
}

/** The edited fields that somebody else has changed to something else. */
export function clashes(
  draft: Draft | null,
  document: EditedDocument,
): string[] {
  if (!draft || document.version <= draft.saved) return [];
  return Object.entries(draft.edits).flatMap(([name, { from, to }]) => {
    const now = valueOf(document, name);
    return isSame(name, now, from) || isSame(name, now, to) ? [] : [name];
  });
}

/** The draft once the user has chosen a side where it clashes. */
export function resolve(
  draft: Draft | null,
  document: EditedDocument,
  side: "mine" | "theirs",
): Draft | null {
  if (!draft) return null;
  const edits = { ...draft.edits };
  for (const name of clashes(draft, document)) {
    const edit = { from: valueOf(document, name), to: edits[name]?.to };
    if (side === "mine") edits[name] = edit;
    else Reflect.deleteProperty(edits, name);
  }
  return rebase(withEdits({ ...draft, edits }), document);
}

/** The draft after `sent` was saved as `version`: what was typed meanwhile. */
export function settle(
  draft: Draft | null,
  sent: Edits,
  version: number,
): Draft | null {
  const edits = { ...draft?.edits };
  for (const [name, { to: from }] of Object.entries(sent)) {
    if (!edits[name]) continue;
    const { to } = edits[name];
    if (isSame(name, from, to)) Reflect.deleteProperty(edits, name);
    else edits[name] = { from, to };
  }
  return withEdits({ edits, version, saved: version });
}

/** The document with the edits. */
export function withDraft<D extends EditedDocument>(
  document: D,
  draft: Draft | null,
): D {
  if (!draft) return document;
  const values = new Map<string, unknown>(Object.entries(document));
  for (const [name, { to }] of Object.entries(draft.edits)) {
    if (to === undefined) values.delete(name);
    else values.set(name, to);
  }
  return Object.fromEntries(values) as D;
}

/** The edits as `update` takes them: nothing else is sent, so nothing else is overwritten. */
export function toUpdate(edits: Edits): Record<string, Value> {
  const set: Record<string, Value> = {};
  const unset: string[] = [];
  for (const [name, { to = CLEARED.get(name) }] of Object.entries(edits)) {
    if (to === undefined) unset.push(name);
    else set[name] = to;
  }
  return unset.length > 0 ? { ...set, unset } : set;
}

function withEdits(draft: Draft): Draft | null {
  return Object.keys(draft.edits).length > 0 ? draft : null;
}

/** The draft as a text, for a browser's storage. */
export function encodeDraft(draft: Draft): string {
  return JSON.stringify(convexToJson(draft));
}

/** Reads what `encodeDraft` made; `null` for anything else, such as what another version of the page has stored. */
export function decodeDraft(text: string | null): Draft | null {
  try {
    const draft = jsonToConvex(
      JSON.parse(text ?? "") as JSONValue,
    ) as unknown as Draft;
    const isDraft =
      Number.isFinite(draft.version + draft.saved) &&
      Object.values(draft.edits).every((edit) => edit.constructor === Object);
    return isDraft ? withEdits(draft) : null;
  } catch {
    return null;
  }
}
