import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { hrefTo } from "../route.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { explain } from "../ui/failure.js";
import { useRefusal } from "../ui/refusals.js";
import { timeInWords } from "../ui/time.js";

type Erasure = NonNullable<FunctionReturnType<typeof api.account.erasure>>;

/** What each stage of an erasure is at. */
const STAGES: Record<string, string> = {
  bulk: "Stopping what changes your documents",
  documents: "Deleting your documents",
  trash: "Emptying your trash",
  contributions: "Taking your name off what you wrote elsewhere",
  grants: "Giving back the roles that you were given",
  retention: "Deleting your rules",
  plans: "Ending what you have planned",
  "clean-up": "Waiting until earlier versions are gone",
};

/** What each count of a receipt is. */
const COUNTS: Record<string, string> = {
  documents: "Documents deleted",
  anonymized: "Texts elsewhere without your name",
  grants: "Roles given back",
  overrides: "Rules deleted",
  plans: "Plans ended",
  bulk: "Changes of many documents deleted",
};

/** Erases what there is of the user, and shows how far that is and its receipt. */
export function Erase({ isSignedIn }: { isSignedIn: boolean }) {
  const erasure = useQuery(api.account.erasure, isSignedIn ? {} : "skip");
  const erase = useDocsMutation(api.account.erase);
  const refuse = useRefusal();
  const [isConfirming, setConfirming] = useState(false);
  const isBusy = erase.isPending || erasure?.state === "running";
  const start = async () => {
    const outcome = await erase.mutate({});
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <section className="account-card" aria-labelledby="account-erase">
      <h2 id="account-erase">Erase everything of yours</h2>
      <p className="account-card__text">
        Your documents with their earlier versions, your trash, and the roles
        that you were given. What you wrote in documents of others stays there
        without your name.
      </p>
      {erasure && <Receipt erasure={erasure} />}
      <div className="account-card__actions">
        <button
          className="button button--danger"
          aria-disabled={isBusy || erasure === undefined}
          onClick={() => !isBusy && setConfirming(true)}
        >
          {erasure ? "Erase again…" : "Erase everything…"}
        </button>
      </div>
      {isConfirming && (
        <ConfirmDialog
          title="Erase everything of yours?"
          confirm="Erase everything"
          onConfirm={() => void start()}
          onClose={() => setConfirming(false)}
        >
          It cannot be brought back. Export it first if you want to keep it.
        </ConfirmDialog>
      )}
    </section>
  );
}

const STATES: Record<Erasure["state"], string> = {
  running: "Erasing",
  done: "Everything is erased",
  partial: "Erased, but for what is named below",
  failed: "It was given up: erase again, and it goes on with what is there",
};

/** How far an erasure is; once it is over, what to keep of it. */
function Receipt({ erasure }: { erasure: Erasure }) {
  const { state, stage, counts, failures, failed, finishedAt, runId, error } =
    erasure;
  const isRunning = state === "running";
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return (
    <div className="receipt" role="group" aria-label="Receipt">
      <p className="receipt__state" role="status">
        {isRunning
          ? `${STAGES[stage ?? ""] ?? STATES.running}…`
          : STATES[state]}
        {error && `. ${explain(error).title}`}
      </p>
      {isRunning && <progress aria-label="Erasing" />}
      {told.length > 0 && (
        <dl className="receipt__counts">
          {told.map(([what, count]) => (
            <div key={what}>
              <dt>{COUNTS[what] ?? what}</dt>
              <dd>{count.toLocaleString("en")}</dd>
            </div>
          ))}
        </dl>
      )}
      {failures.length > 0 && (
        <ul className="receipt__left" aria-label="What is left">
          {failures.map(({ id, error }) => (
            <li key={id}>
              <a href={hrefTo({ page: "document", id })}>{id}</a>{" "}
              {error.message}
            </li>
          ))}
          {failed > failures.length && (
            <li>and {(failed - failures.length).toLocaleString("en")} more</li>
          )}
        </ul>
      )}
      {finishedAt !== undefined && (
        <p className="receipt__foot">
          <time dateTime={new Date(finishedAt).toISOString()}>
            {timeInWords(finishedAt)}
          </time>
          <span>
            Receipt <code>{runId}</code>, kept for three years
          </span>
        </p>
      )}
    </div>
  );
}
