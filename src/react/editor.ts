import type { OptimisticUpdate } from "convex/browser";
import type { FunctionArgs, FunctionReference } from "convex/server";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { AnyDocsError } from "../errors/codes.js";
import type { Result } from "../errors/safe.js";
import type { Written } from "../shared/documents.js";
import { useOptimisticMutation } from "./call.js";
import { clashes, rebase, withDraft, type EditedDocument } from "./draft.js";
import { Editing, type DraftStorage, type Run } from "./editing.js";

/** `update` of `docs.api()`, or a mutation like it. */
export type UpdateReference = FunctionReference<
  "mutation",
  "public",
  { id: string; ifVersion?: number },
  Written
>;

/** What `update` may change. `undefined` deletes an optional field. */
export type DocumentChanges<Update extends UpdateReference> = {
  [Name in Exclude<keyof FunctionArgs<Update>, "id" | "ifVersion" | "unset">]?:
    FunctionArgs<Update>[Name] | ClearedBy<FunctionArgs<Update>, Name>;
};

type ClearedBy<Args, Name> = Args extends { unset?: (infer Optional)[] }
  ? Name extends Optional
    ? undefined
    : never
  : never;

export type DocumentEditorOptions<Update extends UpdateReference> = {
  /**
   * Saves without being asked, so many ms after the last change, and when the page is hidden or the component unmounts. It
   * waits while there is an error or a conflict. `true`: 1,000 ms. Default: `false`.
   */
  autosave?: boolean | number;
  /**
   * Keeps what is not saved over a reload: `sessionStorage`, `localStorage`, or an object like them. Made outside of the
   * component, or the browser's own. It is read once for each document. Default: only while the component is mounted.
   */
  storage?: DraftStorage;
  /** As for `useDocsMutation`: shows a save before the server has made it. */
  optimistic?: OptimisticUpdate<FunctionArgs<Update>>;
};

/** A document that is being edited. */
export type DocumentEditor<
  Document extends EditedDocument,
  Update extends UpdateReference,
> = {
  /** The document with what was typed. */
  values: Document;
  /** Whether there is something to save. */
  isDirty: boolean;
  /** Whether a save is under way. Offline it lasts until there is a connection. */
  isPending: boolean;
  /** Why the newest save failed; `null` while one is under way, and once the text is changed. */
  error: AnyDocsError | null;
  /** Edited fields that somebody else has changed meanwhile, and the document as it is now. Nothing is saved until `resolve`. */
  conflict: { fields: (keyof Document & string)[]; theirs: Document } | null;
  /** Takes what was typed. A value that is what the document has is no change. */
  change: (changes: DocumentChanges<Update>) => void;
  /**
   * Saves the changed fields, and more fields if you say so. Calls nothing when there are none. Resolves like `mutate` of
   * `useDocsMutation`; rejects for a bug. During another save it waits for that one.
   */
  save: (more?: DocumentChanges<Update>) => Promise<Result<Written>>;
  /** Drops what was typed. */
  discard: () => void;
  /** Ends a conflict: keeps what was typed for the next `save`, or takes what is there instead. */
  resolve: (side: "mine" | "theirs") => void;
  /** Forgets the error. */
  reset: () => void;
};

/**
 * Edits a document in place without overwriting anybody. Only changed fields are sent, with the version that they were
 * changed in: a field that somebody else has changed meanwhile is a conflict, in which nothing is overwritten, and any other
 * write is none. What was typed is kept until it is saved or discarded, whatever the server answers.
 *
 * @param update `update` of `docs.api()`, or a mutation that takes and returns the same
 * @param document the live document, of `useDocument` or `useDocuments`
 * @throws Error outside of a `ConvexProvider`
 * @example
 * ```tsx
 * function Title({ document }: { document: Note }) {
 *   const { values, change, save, error } = useDocumentEditor(api.documents.update, document);
 *   return (
 *     <>
 *       <input
 *         value={values.title}
 *         onChange={({ target }) => change({ title: target.value })}
 *         onBlur={() => void save()}
 *       />
 *       {error && errorMessage(error)}
 *     </>
 *   );
 * }
 * ```
 */
export function useDocumentEditor<
  Update extends UpdateReference,
  Document extends EditedDocument & { _id: FunctionArgs<Update>["id"] },
>(
  update: Update,
  document: Document,
  { autosave = false, storage, optimistic }: DocumentEditorOptions<Update> = {},
): DocumentEditor<Document, Update> {
  const run = useOptimisticMutation(update, optimistic) as unknown as Run;
  const [editing, setEditing] = useState(() => new Editing(document, storage));
  // React renders again before anything is shown.
  if (editing.id !== document._id) setEditing(new Editing(document, storage));

  const state = useSyncExternalStore(
    editing.subscribe,
    () => editing.state,
    () => NOTHING,
  );
  const { error, isPending } = state;
  const draft = isPending ? state.draft : rebase(state.draft, document);
  const fields = isPending ? [] : clashes(draft, document);
  const isDirty = draft !== null;
  const isStuck = isPending || error !== null || fields.length > 0;

  // After each render: the document is what is on the screen.
  useEffect(() => editing.show(document, run));
  useEffect(() => () => editing.leave(), [editing]);

  const isAutosaving = autosave !== false;
  const delay = autosave === true ? AUTOSAVE_MS : Number(autosave);
  useEffect(() => {
    if (!isAutosaving || !draft || isStuck) return;
    const timer = setTimeout(() => editing.flush(), delay);
    return () => clearTimeout(timer);
  }, [editing, draft, isStuck, isAutosaving, delay]);
  useEffect(() => {
    if (!isAutosaving) return;
    const flush = () => editing.flush();
    // React Native has no such events.
    if (typeof addEventListener === "undefined") return flush;
    addEventListener("visibilitychange", flush);
    addEventListener("pagehide", flush);
    return () => {
      removeEventListener("visibilitychange", flush);
      removeEventListener("pagehide", flush);
      flush();
    };
  }, [editing, isAutosaving]);

  const { change, save, discard, resolve, reset } = editing;
  return {
    values: withDraft(document, draft),
    isDirty,
    isPending,
    error,
    conflict:
      fields.length > 0
        ? { fields: fields as (keyof Document & string)[], theirs: document }
        : null,
    change,
    save,
    discard,
    resolve,
    reset,
  };
}

/** How long after the last change `autosave: true` saves. */
const AUTOSAVE_MS = 1_000;

/** What a server renders: it has no storage. */
const NOTHING = { draft: null, error: null, isPending: false };
