import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { Field, Icon } from "../ui/controls.js";
import { DialogForm } from "../ui/dialog.js";
import { explain, fieldProblem } from "../ui/failure.js";
import { Refusal, useRefusal } from "../ui/refusals.js";
import { timeInWords, useNow } from "../ui/time.js";
import { useToasts } from "../ui/toasts.js";
import { nameOf, type AppDocument } from "./document.js";

type Plan = FunctionReturnType<typeof api.documents.schedules>[number];
type Action = Plan["action"];

const WILL: Record<Action, string> = {
  publish: "Will be published",
  unpublish: "Will be taken off",
};
const WAS_NOT: Record<Action, string> = {
  publish: "Was not published",
  unpublish: "Was not taken off",
};

/** Why the last plan of a kind came to nothing is shown for a day (ms). */
const SHOWN_MS = 24 * 60 * 60 * 1000;

/** What is planned of a document of one's own, and what came to nothing lately, live. */
export function Plans({ document }: { document: AppDocument }) {
  const plans = useQuery(api.documents.schedules, { id: document._id });
  const now = useNow();
  const shown = (plans ?? []).filter(
    ({ state, at }) =>
      state === "pending" || (state === "refused" && at > now - SHOWN_MS),
  );
  return shown.map((plan) => (
    <PlanNotice key={plan.id} plan={plan} document={document} />
  ));
}

function PlanNotice({
  plan: { action, at, state, error },
  document,
}: {
  plan: Plan;
  document: AppDocument;
}) {
  const cancel = useDocsMutation(api.documents.cancelSchedule);
  const refuse = useRefusal();
  const show = useToasts();
  const end = async () => {
    const outcome = await cancel.mutate({ id: document._id, action });
    if (outcome.ok) show({ tone: "done", title: "The plan is cancelled" });
    else refuse(outcome.error);
  };
  const isPending = state === "pending";
  const text = (isPending ? WILL : WAS_NOT)[action];
  return (
    <section className="notice" aria-label={text}>
      <Icon name={isPending ? "clock" : "alert"} />
      <p className="notice__text">
        <strong>{text}</strong> {isPending ? "on" : "at its time,"}{" "}
        <time dateTime={new Date(at).toISOString()}>{timeInWords(at)}</time>
        {error && `: ${explain(error).title}`}
      </p>
      {isPending && (
        <div className="notice__actions">
          <button
            className="button"
            aria-label={`Cancel it: ${text}`}
            aria-disabled={cancel.isPending}
            onClick={() => !cancel.isPending && void end()}
          >
            Cancel it
          </button>
        </div>
      )}
    </section>
  );
}

type PlanDialogProps = { document: AppDocument; onClose: () => void };

/** Plans to publish a document, or to take it off, at a time in the reader's zone. */
export function PlanDialog({ document, onClose }: PlanDialogProps) {
  const { _id: id, status, hasDraft = false } = document;
  const isLive = status === "published" && !hasDraft;
  const [action, setAction] = useState<Action>(
    isLive ? "unpublish" : "publish",
  );
  const [text, setText] = useState("");
  const [isPast, setPast] = useState(false);
  const call = useDocsMutation(api.documents.schedule);
  const show = useToasts();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  const submit = async (close: () => void) => {
    // Without a zone in the text it is the reader's.
    const at = new Date(text).getTime();
    if (!(at > Date.now())) {
      setPast(true);
      return;
    }
    const outcome = await call.mutate({ id, action, at });
    if (!outcome.ok) return;
    close();
    show({ tone: "done", title: `${WILL[action]} on ${timeInWords(at)}` });
  };
  const problem = isPast
    ? "Choose a time that is to come."
    : fieldProblem(call.error, "at");
  return (
    <DialogForm
      title={`Plan for “${nameOf(document)}”`}
      submit="Plan it"
      isDisabled={call.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {call.error !== null && problem === undefined && (
        <Refusal failure={call.error} />
      )}
      <Field label="What" problem={undefined}>
        {(control) => (
          <select
            {...control}
            className="input"
            value={action}
            onChange={({ target }) => setAction(target.value as Action)}
          >
            <option value="publish">Publish it as it is then</option>
            <option value="unpublish">Take it off</option>
          </select>
        )}
      </Field>
      <Field
        label="When"
        hint={`In your time zone, ${zone}.`}
        problem={problem}
      >
        {(control) => (
          <input
            {...control}
            className="input"
            data-autofocus
            type="datetime-local"
            max="9999-12-31T23:59"
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              setPast(false);
              call.reset();
            }}
          />
        )}
      </Field>
    </DialogForm>
  );
}
