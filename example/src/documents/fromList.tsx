import { useState } from "react";
import { namedIn, type Named } from "../route.js";
import { Field } from "../ui/controls.js";
import { DialogForm, useOverlay } from "../ui/dialog.js";
import { explain, type Failure } from "../ui/failure.js";
import { Refusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";
import { done, useMany, type BatchKind } from "./bulk.js";

const KINDS: Record<BatchKind, string> = {
  published: "Publish them",
  archived: "Archive them",
  remove: "Move them to the trash",
};

/** Changes all documents of a pasted list, or none. */
export function FromListDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [kind, setKind] = useState<BatchKind>("published");
  const many = useMany();
  const open = useOverlay();
  const show = useToasts();
  const named = namedIn(text);

  const submit = async (close: () => void) => {
    const ids = named.map(({ id }) => id);
    const outcome = await many.change(kind, ids, "atomic");
    if (outcome.ok) {
      show({ tone: "done", title: done(kind, ids.length) });
      close();
    } else if (outcome.error.code === "UNAUTHORIZED") open("sign-in");
  };
  return (
    <DialogForm
      title="Change from a list"
      submit={many.isPending ? "Changing…" : countOf(named.length)}
      isDisabled={many.isPending || named.length === 0}
      onSubmit={submit}
      onClose={onClose}
    >
      {many.error && (
        <Refusal failure={many.error}>
          <LineProblems failure={many.error} named={named} />
        </Refusal>
      )}
      <Field
        label="Documents"
        hint="An address or an id a line. All of them are changed, or none."
        problem={undefined}
      >
        {(control) => (
          <textarea
            {...control}
            className="input form__content"
            data-autofocus
            rows={6}
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              many.reset();
            }}
          />
        )}
      </Field>
      <Field label="What to do" problem={undefined}>
        {(control) => (
          <select
            {...control}
            className="input"
            value={kind}
            onChange={(event) => {
              setKind(event.target.value as BatchKind);
              many.reset();
            }}
          >
            {Object.entries(KINDS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </DialogForm>
  );
}

function countOf(count: number): string {
  if (count === 0) return "Change documents";
  return count === 1 ? "Change 1 document" : `Change ${count} documents`;
}

/** The errors, line by line. */
function LineProblems({
  failure,
  named,
}: {
  failure: Failure;
  named: Named[];
}) {
  if (failure.code !== "BATCH_FAILED") return null;
  return (
    <ul className="refusal__lines">
      {failure.errors.map(({ index, error }) => (
        <li key={index}>
          <strong>Line {named[index]?.line}</strong> {explain(error).title}{" "}
          <code>{error.code}</code>
        </li>
      ))}
    </ul>
  );
}
