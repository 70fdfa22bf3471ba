import {
  useDocumentEditor,
  type DocumentEditor,
} from "@acme/convex-docs/react";
import { useRef, useState, type SubmitEvent } from "react";
import { api } from "../../convex/_generated/api.js";
import { draftStorage } from "../storage.js";
import { useConnection } from "../ui/connection.js";
import { Field, Icon } from "../ui/controls.js";
import { Dialog, useOverlay } from "../ui/dialog.js";
import { fieldProblem } from "../ui/failure.js";
import { modEnter, submitOnModEnter, useSaveShortcut } from "../ui/keys.js";
import { Bar } from "../ui/layout.js";
import { TimeAgo } from "../ui/time.js";
import { UPDATE } from "./actions.js";
import { Due, DueField, Tags, TagsField } from "./details.js";
import { nameOf, type AppDocument } from "./document.js";
import { Marked } from "./marked.js";
import { textOf, type Text } from "./text.js";

export type Editor = DocumentEditor<
  AppDocument,
  typeof api.documents.update
> & {
  /** Whether the newest save went through, and nothing has been typed since. */
  isSaved: boolean;
};

const OPTIONS = { ...UPDATE, storage: draftStorage };

/** Edits a document in place. Unsaved text is kept in the tab, so leaving the page loses nothing. */
export function useEditor(document: AppDocument, token?: string): Editor {
  const editor = useDocumentEditor(api.documents.update, document, OPTIONS);
  const [isSaved, setSaved] = useState(false);
  const open = useOverlay();
  return {
    ...editor,
    isSaved: isSaved && !editor.isDirty,
    change: (changes) => {
      setSaved(false);
      editor.change(changes);
    },
    save: async (more) => {
      const shown = token === undefined ? more : { ...more, linkToken: token };
      const result = await editor.save(shown);
      setSaved(result.ok);
      if (!result.ok && result.error.code === "UNAUTHORIZED") open("sign-in");
      return result;
    },
  };
}

type EditorFormProps = {
  editor: Editor;
  onReview: () => void;
  onDiscard: () => void;
};

/** The fields of a document, edited in place. */
export function EditorForm({ editor, onReview, onDiscard }: EditorFormProps) {
  const { values, error, change } = editor;
  const form = useRef<HTMLFormElement>(null);
  useSaveShortcut(() => form.current?.requestSubmit());
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // During another save it waits for that one, and saves what was typed since.
    if (editor.isDirty) void editor.save();
  };
  return (
    <form
      ref={form}
      className="editor"
      noValidate
      onSubmit={submit}
      onKeyDown={submitOnModEnter}
    >
      <h1 className="visually-hidden">{nameOf(values)}</h1>
      <Field label="Title" isLabelHidden problem={fieldProblem(error, "title")}>
        {(control) => (
          <textarea
            {...control}
            className="document__title editor__title"
            rows={1}
            placeholder="Untitled"
            value={values.title}
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
      <div className="editor__details">
        <TagsField
          value={values.tags ?? []}
          problem={fieldProblem(error, "tags")}
          onChange={(tags) =>
            change({ tags: tags.length > 0 ? tags : undefined })
          }
        />
        <DueField
          value={values.dueAt}
          problem={fieldProblem(error, "dueAt")}
          isHidden={values.isPublic}
          onChange={(dueAt) => change({ dueAt })}
        />
      </div>
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
            value={values.content}
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
  const { isDirty, isPending, conflict } = editor;
  const state = stateOf(editor);
  const isOnline = useConnection() === "online";
  return (
    <Bar
      className="save-bar"
      state={state}
      text={
        <>
          {state === "saved" && <Icon name="check" />}
          {conflict ? "Changed in another window" : say(state, isOnline)}
        </>
      }
    >
      {conflict && (
        <button
          type="button"
          className="button button--quiet"
          onClick={onReview}
        >
          Compare
        </button>
      )}
      {(isDirty || isPending) && (
        <>
          <button
            type="button"
            className="button button--quiet"
            aria-disabled={isPending}
            onClick={onDiscard}
          >
            Discard
          </button>
          <button
            type="submit"
            className="button button--primary"
            aria-disabled={isPending}
          >
            Save
            <kbd>{modEnter()}</kbd>
          </button>
        </>
      )}
    </Bar>
  );
}

type State = "clean" | "dirty" | "saving" | "saved";

function stateOf({ isDirty, isPending, isSaved }: Editor): State {
  if (isPending) return "saving";
  if (isDirty) return "dirty";
  return isSaved ? "saved" : "clean";
}

function say(state: State, isOnline: boolean): string {
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
  const mine = textOf(editor.values);
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
              document={editor.values}
              text={mine}
              other={theirs}
              tone="mine"
            />
            <Version
              name={`Saved, version ${document.version}`}
              document={document}
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
                editor.resolve("mine");
                void editor.save();
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
  document,
  text,
  other,
  tone,
}: {
  name: string;
  document: AppDocument;
  text: Text;
  other: Text;
  tone: "mine" | "theirs";
}) {
  return (
    // It scrolls, so the keyboard must get there.
    <section
      className={`version version--${tone}`}
      aria-label={name}
      tabIndex={0}
    >
      <h3>{name}</h3>
      <p className="version__title">
        <Marked text={text.title} other={other.title} />
      </p>
      <p className="version__content">
        <Marked text={text.content} other={other.content} />
      </p>
      <p className="version__details">
        <Tags document={document} />
        <Due document={document} />
      </p>
    </section>
  );
}
