import { useDocsMutation } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import type { AppDocument, Status } from "../lib/document.js";
import {
  clashes,
  edits,
  isDraft,
  rebase,
  settle,
  textOf,
  type as typeInto,
  type Draft,
  type Text,
} from "../lib/draft.js";
import type { Failure } from "../lib/failure.js";
import { UPDATE } from "../lib/shown.js";
import { readStored } from "../lib/storage.js";
import { useOverlay } from "./useOverlay.js";
import { useStored } from "./useStored.js";

/** Where an edit stands. */
export type EditorState = "clean" | "dirty" | "saving" | "saved";

export type Editor = {
  text: Text;
  state: EditorState;
  error: Failure | null;
  /** Somebody has saved other text in a field that is being edited. */
  isClashing: boolean;
  change: (change: Partial<Text>) => void;
  /** Saves what was edited, and with it a new status if one is given. */
  save: (status?: Status) => Promise<boolean>;
  /** Saves over the version that is there now. */
  saveOver: () => Promise<boolean>;
  discard: () => void;
  dismiss: () => void;
};

/** Edits a document in place. What is not saved is kept with the tab, so leaving the page loses nothing. */
export function useEditor(document: AppDocument): Editor {
  const { _id: id } = document;
  const key = draftKey(id);
  const [stored, store] = useStored(key, isDraft);
  const update = useDocsMutation(api.documents.update, UPDATE);
  // While a save is under way the document shows it already. A draft on top of that would not survive a refusal.
  const isSaving = update.isPending;
  const draft = stored && (isSaving ? stored : rebase(stored, document));
  const open = useOverlay();
  const [isSaved, setSaved] = useState(false);
  const text = draft?.text ?? textOf(document);

  const send = async (ifVersion: number, status?: Status) => {
    const changes = { ...(draft && edits(draft)), ...(status && { status }) };
    const outcome = await update.mutate({ id, ...changes, ifVersion });
    if (outcome.ok) {
      store(settle(latest(key), text, outcome.value.version));
      setSaved(true);
    } else if (outcome.error.code === "UNAUTHORIZED") {
      open("sign-in");
    }
    return outcome.ok;
  };

  const idle = isSaved ? "saved" : "clean";
  return {
    text,
    state: isSaving ? "saving" : draft ? "dirty" : idle,
    error: update.error,
    isClashing: draft !== null && !isSaving && clashes(draft, document),
    change: (change) => {
      store(typeInto(draft, document, change));
      setSaved(false);
      update.reset();
    },
    save: (status) => send(draft?.base.version ?? document.version, status),
    saveOver: () => send(document.version),
    discard: () => {
      store(null);
      update.reset();
    },
    dismiss: update.reset,
  };
}

/** Where the unsaved text of a document is kept. */
export function draftKey(id: string): string {
  return `draft/${id}`;
}

/** The draft as it is now: a person goes on typing while a save is on its way. */
function latest(key: string): Draft | null {
  const stored = readStored(key);
  return isDraft(stored) ? stored : null;
}
