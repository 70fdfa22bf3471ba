import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import { useRefusal } from "../hooks/useRefusal.js";
import { useSecondsUntil } from "../hooks/useSecondsUntil.js";
import type { AppDocument } from "../lib/document.js";
import { isUnderWay, stageOf, tell } from "../lib/summary.js";
import { WordCount } from "./WordCount.js";

type Props = { document: AppDocument; isOwn: boolean };

/** The summary of a document, and how the next one stands, live. Whoever does not own it only reads. */
export function DocumentSummary({ document, isOwn }: Props) {
  if (!isOwn && document.summary === undefined) return null;
  return (
    <section className="summary" aria-label="Summary">
      {document.summary !== undefined && (
        <p className="summary__text">{document.summary}</p>
      )}
      {isOwn && <Request document={document} />}
    </section>
  );
}

function Request({ document }: { document: AppDocument }) {
  const { _id: id, version } = document;
  const state = useQuery(api.ai.state, { id });
  const stage = stageOf(state, useSecondsUntil(state?.run?.dueAt));
  const request = useDocsMutation(api.ai.requestSummary);
  const refuse = useRefusal();
  const isBusy = isUnderWay(stage);
  // Nothing has changed since: another summary would be the same, and costs as much.
  const isFresh = stage.stage === "done" && stage.version === version;

  const summarise = async () => {
    const outcome = await request.mutate({ id });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <div
      className={`summary__line ${stage.stage === "failed" ? "summary__line--refused" : ""}`}
    >
      <span role="status">{tell(stage)}</span>
      <span className="summary__actions">
        <WordCount id={id} version={version} />
        {!isFresh && (
          <button
            className="button"
            aria-disabled={isBusy || request.isPending}
            onClick={() => !isBusy && void summarise()}
          >
            {stage.stage === "failed" ? "Try again" : "Summarise"}
          </button>
        )}
      </span>
      {isBusy && stage.stage !== "waiting" && (
        <progress aria-label="Summarising" />
      )}
    </div>
  );
}
