import { useDocsMutation } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { goTo } from "../route.js";
import { useStored } from "../storage.js";
import { roleInTeam, useTeamOfPage } from "../teams/teams.js";
import { Field, Icon, Switch } from "../ui/controls.js";
import { DialogForm, useOverlay } from "../ui/dialog.js";
import { fieldProblem } from "../ui/failure.js";
import { Refusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";
import { isText } from "./text.js";

export function NewDocumentButton() {
  const open = useOverlay();
  return (
    <button
      className="button button--primary"
      aria-label="New document"
      aria-keyshortcuts="n"
      onClick={() => open("new-document")}
    >
      <Icon name="plus" />
      <span>
        New<span className="button__more"> document</span>
      </span>
    </button>
  );
}

/** Closing it keeps the text for the next time, until it is saved. */
export function NewDocumentDialog({ onClose }: { onClose: () => void }) {
  const [kept, keep] = useStored("draft/new", isText);
  const [key, setKey] = useState("");
  const [isPublic, setPublic] = useState(false);
  const [isTitleMissing, setTitleMissing] = useState(false);
  const create = useDocsMutation(api.documents.create);
  const team = useTeamOfPage();
  // What an editor may not change, nobody sets in a team's name as an editor.
  const isOwner = team === undefined || roleInTeam(team) === "owner";
  const open = useOverlay();
  const show = useToasts();
  const text = kept ?? { title: "", content: "" };

  const change = (part: Partial<typeof text>) => {
    const next = { ...text, ...part };
    keep(next.title === "" && next.content === "" ? null : next);
    setTitleMissing(false);
    create.reset();
  };
  const submit = async (close: () => void) => {
    if (text.title.trim() === "") {
      setTitleMissing(true);
      return;
    }
    const outcome = await create.mutate({
      ...text,
      ...(isOwner && { isPublic }),
      ...(isOwner && key.trim() !== "" && { key: key.trim() }),
      ...(team && { ownerId: team.ownerId }),
    });
    if (!outcome.ok) {
      if (outcome.error.code === "UNAUTHORIZED") open("sign-in");
      return;
    }
    keep(null);
    close();
    const { id } = outcome.value;
    show({
      tone: "done",
      title: `Created “${text.title}”`,
      action: { label: "Open", run: () => goTo({ page: "document", id }) },
    });
    if (team === undefined) goTo({ page: "mine" });
  };

  const titleProblem = isTitleMissing
    ? "Title is missing."
    : fieldProblem(create.error, "title");
  const contentProblem = fieldProblem(create.error, "content");
  const keyProblem = fieldProblem(create.error, "key");
  const isFieldProblem = [titleProblem, contentProblem, keyProblem].some(
    (problem) => problem !== undefined,
  );
  return (
    <DialogForm
      title={team ? `New document in ${team.name}` : "New document"}
      submit={create.isPending ? "Creating…" : "Create draft"}
      isDisabled={create.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {create.error && !isFieldProblem && <Refusal failure={create.error} />}
      <Field label="Title" problem={titleProblem}>
        {(control) => (
          <input
            {...control}
            className="input"
            data-autofocus
            autoComplete="off"
            value={text.title}
            onChange={(event) => change({ title: event.target.value })}
          />
        )}
      </Field>
      <Field label="Content" problem={contentProblem}>
        {(control) => (
          <textarea
            {...control}
            className="input form__content"
            rows={7}
            value={text.content}
            onChange={(event) => change({ content: event.target.value })}
          />
        )}
      </Field>
      {isOwner ? (
        <>
          <Field
            label="Key"
            hint={`Optional. No two documents of ${team ? "the team" : "yours"} have the same.`}
            problem={keyProblem}
          >
            {(control) => (
              <input
                {...control}
                className="input"
                autoComplete="off"
                spellCheck={false}
                value={key}
                onChange={(event) => {
                  setKey(event.target.value);
                  create.reset();
                }}
              />
            )}
          </Field>
          <Switch
            label="Public"
            hint="Anyone can read it once it is published."
            checked={isPublic}
            onChange={setPublic}
          />
        </>
      ) : (
        <p className="dialog__text">
          Everybody in the team sees it. Whoever leads the team publishes it.
        </p>
      )}
    </DialogForm>
  );
}
