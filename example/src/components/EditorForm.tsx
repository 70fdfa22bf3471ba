import type { SubmitEvent } from "react";
import type { Editor } from "../hooks/useEditor.js";
import { nameOf } from "../lib/document.js";
import { fieldProblem } from "../lib/failure.js";
import { submitOnModEnter } from "../lib/keys.js";
import { Field } from "./Field.js";
import { SaveBar } from "./SaveBar.js";

type Props = { editor: Editor; onReview: () => void; onDiscard: () => void };

/** The text of a document, edited where it stands. */
export function EditorForm({ editor, onReview, onDiscard }: Props) {
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
