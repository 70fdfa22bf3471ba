import { useDocsMutation } from "@acme/convex-docs/react";
import { useState, type SubmitEvent } from "react";
import { api } from "../../convex/_generated/api.js";
import { readStored, useStored } from "../storage.js";
import { useConnection } from "../ui/connection.js";
import { Field, Icon } from "../ui/controls.js";
import { Dialog, useOverlay } from "../ui/dialog.js";
import { fieldProblem, type Failure } from "../ui/failure.js";
import { modEnter, submitOnModEnter } from "../ui/keys.js";
import { TimeAgo } from "../ui/time.js";
import { UPDATE } from "./actions.js";
import { nameOf, type AppDocument, type Status } from "./document.js";
import {
  clashes,
  difference,
  edits,
  isDraft,
  rebase,
  settle,
  textOf,
  type as typeInto,
  type Draft,
  type Text,
} from "./draft.js";

/** The state of an edit. */
type EditorState = "clean" | "dirty" | "saving" | "saved";

export type Editor = {
  text: Text;
  state: EditorState;
  error: Failure | null;
  /** Another window has saved a field that is being edited here. */
  isClashing: boolean;
  change: (change: Partial<Text>) => void;
  /** Saves the edited fields, optionally with a new status. */
  save: (status?: Status) => Promise<boolean>;
  /** Overwrites the current version. */
  saveOver: () => Promise<boolean>;
  discard: () => void;
  dismiss: () => void;
};

/** Edits a document in place. Unsaved text is kept in the tab, so leaving the page loses nothing. */
export function useEditor(document: AppDocument): Editor {
  const { _id: id } = document;
  const key = draftKey(id);
  const [stored, store] = useStored(key, isDraft);
  const update = useDocsMutation(api.documents.update, UPDATE);
  // During a save the document already shows it optimistically. A draft rebased on that would be lost if the save fails.
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

/** The storage key of a document's unsaved text. */
export function draftKey(id: string): string {
  return `draft/${id}`;
}

/** The current draft: the user may type on while a save is pending. */
function latest(key: string): Draft | null {
  const stored = readStored(key);
  return isDraft(stored) ? stored : null;
}

type EditorFormProps = {
  editor: Editor;
  onReview: () => void;
  onDiscard: () => void;
};

/** The fields of a document, edited in place. */
export function EditorForm({ editor, onReview, onDiscard }: EditorFormProps) {
  const { text, error, change } = editor;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (editor.state === "dirty") void editor.save();
  };
  return (
    <form
      className="editor"
      noValidate
      onSubmit={submit}
      onKeyDown={submitOnModEnter}
    >
      <h1 className="visually-hidden">{nameOf(text)}</h1>
      <Field label="Title" isLabelHidden problem={fieldProblem(error, "title")}>
        {(control) => (
          <textarea
            {...control}
            className="document__title editor__title"
            rows={1}
            placeholder="Untitled"
            value={text.title}
            onChange={(event) =>
              change({ title: event.target.value.replace(/\n/g, " ") })
            }
            onKeyDown={(event) => {
              // A title is one line, however it wraps: Enter saves.
              if (event.key !== "Enter" || event.nativeEvent.isComposing)
                return;
              event.preventDefault();
              event.stopPropagation();
              event.currentTarget.form?.requestSubmit();
            }}
          />
        )}
      </Field>
      <Field
        label="Content"
        isLabelHidden
        problem={fieldProblem(error, "content")}
      >
        {(control) => (
          <textarea
            {...control}
            className="document__content editor__content"
            placeholder="Start writing…"
            value={text.content}
            onChange={(event) => change({ content: event.target.value })}
          />
        )}
      </Field>
      <SaveBar editor={editor} onReview={onReview} onDiscard={onDiscard} />
    </form>
  );
}

type SaveBarProps = {
  editor: Editor;
  onReview: () => void;
  onDiscard: () => void;
};

/** The save state and the buttons to save or discard. */
function SaveBar({ editor, onReview, onDiscard }: SaveBarProps) {
  const { state, isClashing } = editor;
  const isOnline = useConnection() === "online";
  return (
    <div className="save-bar" data-state={state}>
      <span className="save-bar__state" role="status">
        {state === "saved" && <Icon name="check" />}
        {isClashing ? "Changed in another window" : say(state, isOnline)}
      </span>
      {isClashing && state === "dirty" && (
        <button
          type="button"
          className="button button--quiet"
          onClick={onReview}
        >
          Compare
        </button>
      )}
      {(state === "dirty" || state === "saving") && (
        <>
          <button
            type="button"
            className="button button--quiet"
            aria-disabled={state === "saving"}
            onClick={onDiscard}
          >
            Discard
          </button>
          <button
            type="submit"
            className="button button--primary"
            aria-disabled={state === "saving"}
          >
            Save
            <kbd>{modEnter()}</kbd>
          </button>
        </>
      )}
    </div>
  );
}

function say(state: EditorState, isOnline: boolean): string {
  if (state === "saving")
    return isOnline ? "Saving…" : "Waiting for the connection…";
  if (state === "dirty") return "Unsaved changes";
  return state === "saved" ? "Saved" : "";
}

type ConflictDialogProps = {
  document: AppDocument;
  editor: Editor;
  onClose: () => void;
};

/** Another window saved first: the user decides which text stays. */
export function ConflictDialog({
  document,
  editor,
  onClose,
}: ConflictDialogProps) {
  const mine = editor.text;
  const theirs = textOf(document);
  return (
    <Dialog
      title="This document was changed in another window"
      onClose={onClose}
      className="dialog--wide"
    >
      {(close) => (
        <>
          <p className="dialog__text">
            Version {document.version} was saved{" "}
            <TimeAgo time={document.updatedAt} />, while you were writing.
            Nothing has been overwritten. Which text should stay?
          </p>
          <div className="versions">
            <Version
              name="Yours, not saved"
              text={mine}
              other={theirs}
              tone="mine"
            />
            <Version
              name={`Saved, version ${document.version}`}
              text={theirs}
              other={mine}
              tone="theirs"
            />
          </div>
          <div className="dialog__actions">
            <button className="button button--quiet" onClick={close}>
              Decide later
            </button>
            <button
              className="button"
              onClick={() => {
                editor.discard();
                close();
              }}
            >
              Use the saved one
            </button>
            <button
              className="button button--primary"
              data-autofocus
              onClick={() => {
                close();
                // If there is another version by now, this is a conflict again and the dialog reopens.
                void editor.saveOver();
              }}
            >
              Keep mine
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Version({
  name,
  text,
  other,
  tone,
}: {
  name: string;
  text: Text;
  other: Text;
  tone: "mine" | "theirs";
}) {
  return (
    <section className={`version version--${tone}`} aria-label={name}>
      <h3>{name}</h3>
      <p className="version__title">
        <Marked text={text.title} other={other.title} />
      </p>
      <p className="version__content">
        <Marked text={text.content} other={other.content} />
      </p>
    </section>
  );
}

function Marked({ text, other }: { text: string; other: string }) {
  return difference(text, other).map((part, index) =>
    part.isOwn ? (
      <mark key={index}>{part.text}</mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}
