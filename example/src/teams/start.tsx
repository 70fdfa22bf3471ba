import { useDocsMutation } from "@acme/convex-docs/react";
import { useState, type SubmitEvent } from "react";
import { api } from "../../convex/_generated/api.js";
import { Field } from "../ui/controls.js";
import { fieldProblem } from "../ui/failure.js";
import { EmptyState } from "../ui/layout.js";
import { Refusal } from "../ui/refusals.js";

/** For who is in no team yet. */
export function StartTeam() {
  const [name, setName] = useState("");
  const start = useDocsMutation(api.teams.start);
  const problem = fieldProblem(start.error, "name");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!start.isPending) await start.mutate({ name });
  };
  return (
    <EmptyState icon="people" title="Start a team">
      <p>
        What a team owns belongs to everybody in it, and stays when somebody
        leaves. You lead it: you say who is in.
      </p>
      <form
        className="start-team"
        noValidate
        onSubmit={(event) => void submit(event)}
      >
        {start.error && problem === undefined && (
          <Refusal failure={start.error} />
        )}
        <Field label="Name of the team" problem={problem}>
          {(control) => (
            <input
              {...control}
              className="input"
              autoComplete="off"
              maxLength={60}
              value={name}
              onChange={({ target }) => {
                setName(target.value);
                start.reset();
              }}
            />
          )}
        </Field>
        <button
          className="button button--primary"
          type="submit"
          aria-disabled={start.isPending}
        >
          Start the team
        </button>
      </form>
    </EmptyState>
  );
}
