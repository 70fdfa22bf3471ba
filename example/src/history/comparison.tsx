import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import type { AppDocument } from "../documents/document.js";
import { Marked } from "../documents/marked.js";
import { goTo, hrefTo } from "../route.js";
import type { Viewer } from "../session.js";
import { Field, Icon } from "../ui/controls.js";
import { DialogForm } from "../ui/dialog.js";
import { fieldProblem } from "../ui/failure.js";
import { EmptyState, ListSkeleton } from "../ui/layout.js";
import { Refusal, useRefusal } from "../ui/refusals.js";
import { timeInWords } from "../ui/time.js";
import { useToasts } from "../ui/toasts.js";
import {
  changesOf,
  heading,
  labelOf,
  type ChangedField,
  type FieldName,
} from "./fields.js";
import { Author, noteOf, versionName } from "./versions.js";

type Content = NonNullable<
  FunctionReturnType<typeof api.documents.getRevision>
>;

type ComparisonProps = {
  document: AppDocument;
  version: number;
  viewer: Viewer;
};

/** What a document contained at a version, beside what it contains now. */
export function Comparison({ document, version, viewer }: ComparisonProps) {
  const revision = useQuery(api.documents.getRevision, {
    id: document._id,
    version,
  });
  if (revision === undefined) return <ListSkeleton />;
  if (revision === null) {
    return (
      <EmptyState icon="clock" title={`Version ${version} is not kept`}>
        <p>Choose one from the list.</p>
      </EmptyState>
    );
  }
  return (
    <section aria-labelledby="history-version">
      <VersionHeader revision={revision} id={document._id} viewer={viewer} />
      {revision.until === undefined ? (
        <p className="history__same">This is what it contains now.</p>
      ) : (
        <Changes
          key={version}
          document={document}
          revision={revision}
          changed={changesOf(revision.fields, document)}
        />
      )}
    </section>
  );
}

function VersionHeader({
  revision,
  id,
  viewer,
}: {
  revision: Content;
  id: string;
  viewer: Viewer;
}) {
  const [isNaming, setNaming] = useState(false);
  const { at, name } = revision;
  const note = noteOf(revision);
  return (
    <header className="history__version">
      <a
        className="button button--quiet history__back"
        href={hrefTo({ page: "history", id })}
      >
        <Icon name="arrow-left" />
        All versions
      </a>
      <h2 id="history-version">{versionName(revision)}</h2>
      <p className="history__by">
        <Author revision={revision} viewer={viewer} />
        <time dateTime={new Date(at).toISOString()}>{timeInWords(at)}</time>
        {note !== undefined && <span>{note}</span>}
      </p>
      <button className="button" onClick={() => setNaming(true)}>
        {name === undefined ? "Name it…" : "Rename…"}
      </button>
      {isNaming && (
        <NameDialog
          id={id}
          revision={revision}
          onClose={() => setNaming(false)}
        />
      )}
    </header>
  );
}

/** A version that has a name is kept for as long as it has one. */
function NameDialog({
  id,
  revision,
  onClose,
}: {
  id: string;
  revision: Content;
  onClose: () => void;
}) {
  const [name, setName] = useState(revision.name ?? "");
  const call = useDocsMutation(api.documents.nameRevision);
  const problem = fieldProblem(call.error, "name");
  const submit = async (close: () => void) => {
    const given = name.trim();
    const { version } = revision;
    const outcome = await call.mutate({
      id,
      version,
      name: given === "" ? null : given,
    });
    if (outcome.ok) close();
  };
  return (
    <DialogForm
      title={`Name version ${revision.version}`}
      submit="Save"
      isDisabled={call.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {call.error !== null && problem === undefined && (
        <Refusal failure={call.error} />
      )}
      <Field
        label="Name"
        hint="A version with a name is kept. Without one it goes after 90 days."
        problem={problem}
      >
        {(control) => (
          <input
            {...control}
            className="input"
            data-autofocus
            autoComplete="off"
            maxLength={256}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              call.reset();
            }}
          />
        )}
      </Field>
    </DialogForm>
  );
}

type ChangesProps = {
  document: AppDocument;
  revision: Content;
  changed: ChangedField[];
};

/** Field by field, and what brings each back. */
function Changes({ document, revision, changed }: ChangesProps) {
  const { bringBack, asked, error, isPending } = useBringBack(
    document,
    revision,
  );
  if (changed.length === 0) {
    return (
      <p className="history__same">
        You read the same there as in what it contains now.
      </p>
    );
  }
  const all = changed.map(({ name }) => name);
  return (
    <>
      {error?.code === "VALIDATION_FAILED" && (
        <Refusal failure={error}>
          {asked.length > 1 && (
            <button
              className="button"
              onClick={() => void bringBack(asked, "fitting")}
            >
              Bring back what is still valid
            </button>
          )}
        </Refusal>
      )}
      <div className="history__actions">
        <button
          className="button button--primary"
          aria-disabled={isPending}
          onClick={() => void bringBack(all, "exact")}
        >
          <Icon name="restore" />
          Bring back all of it
        </button>
      </div>
      {changed.map((field) => (
        <section
          key={field.name}
          className="change"
          aria-labelledby={`change-${field.name}`}
        >
          <div className="change__head">
            <h3 id={`change-${field.name}`}>{heading(field.label)}</h3>
            {changed.length > 1 && (
              <button
                className="button button--quiet"
                aria-label={`Bring back the ${field.label}`}
                aria-disabled={isPending}
                onClick={() => void bringBack([field.name], "exact")}
              >
                Bring back
              </button>
            )}
          </div>
          <div className="versions">
            <Side name="Then" text={field.then} other={field.now} tone="mine" />
            <Side
              name="Now"
              text={field.now}
              other={field.then}
              tone="theirs"
            />
          </div>
        </section>
      ))}
    </>
  );
}

function Side({
  name,
  text,
  other,
  tone,
}: {
  name: string;
  text: string;
  other: string;
  tone: "mine" | "theirs";
}) {
  return (
    // It scrolls, so the keyboard must get there.
    <div
      className={`version version--${tone}`}
      role="group"
      aria-label={name}
      tabIndex={0}
    >
      <h4>{name}</h4>
      <p className="version__content">
        {text === "" ? (
          <span className="document__nothing">Nothing</span>
        ) : (
          <Marked text={text} other={other} />
        )}
      </p>
    </div>
  );
}

/** Brings fields of a version back as a new one, which can be taken back. */
function useBringBack(document: AppDocument, { version: to }: Content) {
  const { _id: id, version } = document;
  const call = useDocsMutation(api.documents.revert);
  const [asked, setAsked] = useState<FieldName[]>([]);
  const refuse = useRefusal();
  const show = useToasts();

  const undo = async () => {
    const outcome = await call.mutate({ id, to: version });
    if (outcome.ok) show({ tone: "done", title: "As it was before" });
    else refuse(outcome.error);
  };
  const bringBack = async (only: FieldName[], mode: "exact" | "fitting") => {
    if (call.isPending) return;
    setAsked(only);
    const args = { id, to, only, mode, ifVersion: version };
    const outcome = await call.mutate(args);
    if (!outcome.ok) {
      if (outcome.error.code !== "VALIDATION_FAILED") refuse(outcome.error);
      return;
    }
    const { left } = outcome.value;
    show({
      tone: left.length > 0 ? "refused" : "done",
      title: "Brought back",
      ...(left.length > 0 && {
        text: `Left as it is: ${left.map(labelOf).join(", ")}.`,
      }),
      action: { label: "Undo", run: () => void undo() },
    });
    goTo({ page: "document", id });
  };
  return { bringBack, asked, error: call.error, isPending: call.isPending };
}
