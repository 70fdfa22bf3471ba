/**
 * One document that is being edited, outside of React: the draft, where it is kept, and the calls that save it.
 *
 * @module
 */
import type { Value } from "convex/values";
import { NAMESPACE, type AnyDocsError } from "../errors/codes.js";
import { safe, type Result } from "../errors/safe.js";
import { INTERNAL } from "../errors/text.js";
import type { Written } from "../shared/documents.js";
import {
  clashes,
  decodeDraft,
  editDraft,
  encodeDraft,
  rebase,
  resolve,
  settle,
  toUpdate,
  type Draft,
  type EditedDocument,
  type Edits,
} from "./draft.js";

/** Where text is kept that has not been saved: `sessionStorage`, `localStorage`, or an object like them. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Calls `update`. */
export type Run = (args: Record<string, Value>) => Promise<Written>;

/** What is shown of an edit. */
export type EditState = {
  draft: Draft | null;
  error: AnyDocsError | null;
  isPending: boolean;
};

/** The key of a document's draft in a browser's storage. */
function draftKey(id: string): string {
  return `convex-docs/draft/${id}`;
}

/** What a storage keeps of a document that cannot be shown any more. */
export type StoredDraft<Document> = {
  /** The fields that were typed into; one that was to be deleted is absent. */
  values: Partial<Document>;
  /** Drops it. */
  discard: () => void;
};

/**
 * What was typed into a document and not saved, for when the document has been deleted or hidden meanwhile; `null` when there
 * is nothing. Never throws.
 *
 * @example
 * ```ts
 * const draft = storedDraft<Note>(sessionStorage, id);
 * if (draft) await mutate({ title: "Rescued", content: "", ...draft.values });
 * ```
 */
export function storedDraft<Document extends object = Record<string, Value>>(
  storage: DraftStorage,
  id: string,
): StoredDraft<Document> | null {
  const draft = load(storage, id);
  if (!draft) return null;
  const values = toUpdate(draft.edits);
  Reflect.deleteProperty(values, "unset");
  return {
    values: values as Partial<Document>,
    discard: () => keep(storage, id, null),
  };
}

function load(storage: DraftStorage | undefined, id: string): Draft | null {
  try {
    return decodeDraft(storage?.getItem(draftKey(id)) ?? null);
  } catch {
    return null;
  }
}

function keep(
  storage: DraftStorage | undefined,
  id: string,
  draft: Draft | null,
): void {
  try {
    if (draft) storage?.setItem(draftKey(id), encodeDraft(draft));
    else storage?.removeItem(draftKey(id));
  } catch {
    // Full or forbidden: the page has it.
  }
}

function isStored(
  storage: DraftStorage | undefined,
  draft: Draft | null,
  id: string,
): boolean {
  const stored = load(storage, id);
  return (stored && encodeDraft(stored)) === (draft && encodeDraft(draft));
}

/** The draft of one document, and what becomes of it. */
export class Editing {
  readonly id: string;
  /** A new object for each change. */
  state: EditState;
  /** As it was shown when no save was under way. */
  #document: EditedDocument;
  #shown: EditedDocument;
  #run: Run | undefined;
  readonly #storage: DraftStorage | undefined;
  readonly #listeners = new Set<() => void>();
  /** The edits that are on their way to the server. While there are some, the document may show them optimistically. */
  #sent: Edits | null = null;
  /** The newest save, until it has ended. */
  #saving: Promise<unknown> | null = null;
  #isShown = false;
  /** A save that waits for the document to be at least this version. */
  #waiting: { version: number; go: (isThere: boolean) => void } | null = null;

  constructor(document: EditedDocument, storage?: DraftStorage) {
    this.id = document._id;
    this.#document = this.#shown = document;
    this.#storage = storage;
    this.state = {
      draft: load(storage, this.id),
      error: null,
      isPending: false,
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes what is on the screen now. */
  show(document: EditedDocument, run: Run): void {
    this.#run = run;
    this.#shown = document;
    this.#isShown = true;
    // An edit rebased on its own optimistic version would be lost if the server refused it.
    if (this.#sent) return;
    this.#document = document;
    this.#keep(rebase(this.state.draft, document));
    const isOver = clashes(this.state.draft, document).length === 0;
    if (isOver && this.state.error?.code === "CONFLICT") this.reset();
    if (this.#waiting && document.version >= this.#waiting.version) {
      this.#stopWaiting(true);
    }
  }

  /** Nobody looks at it any more. What is being saved still is. */
  leave(): void {
    this.#isShown = false;
    this.#stopWaiting(false);
  }

  change = (changes: object): void => {
    const { draft } = this.state;
    const sent = this.#sent ?? {};
    // An edit begins with what is on the screen, but for what is being saved: that may be there before the server has it.
    const before = Object.entries(this.#document).filter(
      ([name]) => name === "version" || sent[name],
    );
    const shown = { ...this.#shown, ...Object.fromEntries(before) };
    this.#keep(editDraft(draft, shown, changes, sent));
    this.reset();
  };

  discard = (): void => {
    this.#keep(null);
    this.reset();
  };

  resolve = (side: "mine" | "theirs"): void => {
    this.#keep(resolve(this.state.draft, this.#document, side));
    this.reset();
  };

  reset = (): void => {
    if (this.state.error) this.#set({ error: null });
  };

  /** Saves unless there is nothing to save or somebody has to decide first. */
  flush(): void {
    const { draft, error } = this.state;
    const isStuck = error ?? clashes(draft, this.#document).length > 0;
    if (draft && !isStuck) void this.save();
  }

  /** One call at a time: the next is for the version that this one makes. */
  save = (more: object = {}): Promise<Result<Written>> => {
    const start = () => this.#save(more);
    const saving = this.#saving ? this.#saving.then(start) : start();
    const end = () => {
      if (this.#saving !== ended) return;
      this.#saving = null;
      this.#set({ isPending: false });
    };
    const ended: Promise<void> = saving.then(end, end);
    this.#saving = ended;
    return saving;
  };

  async #save(more: object): Promise<Result<Written>> {
    this.#set({ error: null, isPending: true });
    try {
      const result = await this.#send(more);
      this.#set({ error: result.ok ? null : result.error });
      return result;
    } catch (bug) {
      this.#set({ error: INTERNAL });
      throw bug;
    }
  }

  async #send(more: object): Promise<Result<Written>> {
    for (;;) {
      const document = this.#document;
      const draft = rebase(this.state.draft, document);
      const edits = { ...draft?.edits, ...editsOf(more) };
      const changes = toUpdate(edits);
      const version = Math.max(document.version, draft?.saved ?? 0);
      if (Object.keys(edits).length === 0) {
        return { ok: true, value: { id: this.id, version } };
      }
      if (draft && clashes(draft, document).length > 0) {
        return { ok: false, error: conflict(this.id, draft.version, version) };
      }
      const result = await this.#call(edits, {
        id: this.id,
        ...changes,
        ifVersion: version,
      });
      if (result.ok || result.error.code !== "CONFLICT") return result;
      // Somebody was first, perhaps with another field: what they wrote decides.
      if (!(await this.#wait(result.error.actual))) return result;
    }
  }

  async #call(
    edits: Edits,
    args: Record<string, Value>,
  ): Promise<Result<Written>> {
    if (!this.#run) throw new Error("convex-docs: this is not mounted yet.");
    this.#sent = edits;
    try {
      const result = await safe(this.#run(args));
      if (result.ok) {
        this.#keep(settle(this.state.draft, edits, result.value.version));
      }
      return result;
    } finally {
      this.#sent = null;
    }
  }

  /** Waits until the document is at least this version; `false` when it will not be shown any more. */
  async #wait(version: number): Promise<boolean> {
    if (!this.#isShown) return false;
    return await new Promise((go) => {
      this.#waiting = { version, go };
      // `show` runs again, with the document without what was shown optimistically.
      this.#set({});
    });
  }

  #stopWaiting(isThere: boolean): void {
    this.#waiting?.go(isThere);
    this.#waiting = null;
  }

  #set(change: Partial<EditState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #keep(draft: Draft | null): void {
    if (draft === this.state.draft) return;
    // Once it is left, another may edit the document and keep what is newer.
    if (this.#isShown || isStored(this.#storage, this.state.draft, this.id)) {
      keep(this.#storage, this.id, draft);
    }
    this.#set({ draft });
  }
}

function editsOf(changes: object): Edits {
  const entries = Object.entries(changes) as [string, Value | undefined][];
  return Object.fromEntries(entries.map(([name, to]) => [name, { to }]));
}

/** As the server would say it. */
function conflict(
  documentId: string,
  expected: number,
  actual: number,
): AnyDocsError {
  return {
    ns: NAMESPACE,
    code: "CONFLICT",
    message: `Somebody changed this in between: it is at version ${actual}, not ${expected}.`,
    retryable: false,
    documentId,
    expected,
    actual,
  };
}
