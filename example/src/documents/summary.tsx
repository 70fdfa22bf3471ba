import { useDocsAction, useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { explain, type Failure } from "../ui/failure.js";
import { useRefusal } from "../ui/refusals.js";
import { useSecondsUntil } from "../ui/time.js";
import type { AppDocument } from "./document.js";

type SummaryState = FunctionReturnType<typeof api.ai.state>;

/** The state of a summary as the page shows it. */
type Stage =
  | { stage: "none" }
  | { stage: "running" }
  /** Waits before the next attempt. */
  | { stage: "waiting"; seconds: number; error: Failure | undefined }
  | { stage: "done"; version: number; truncated: boolean }
  | { stage: "stale" }
  | { stage: "failed"; error: Failure };

/** The state of a request and its run. @param seconds until the next attempt */
export function stageOf(
  state: SummaryState | undefined,
  seconds: number,
): Stage {
  if (!state) return { stage: "none" };
  const { result, run } = state;
  if (result?.kind === "written") return { stage: "done", ...result };
  if (result?.kind === "stale") return { stage: "stale" };
  // Its record is gone, and nothing was written.
  if (run === null) return { stage: "none" };
  if (run.status !== "running") {
    return { stage: "failed", error: run.error ?? { code: "UNEXPECTED" } };
  }
  return seconds === 0
    ? { stage: "running" }
    : { stage: "waiting", seconds, error: run.error };
}

/** The text for the user. */
export function stageText(stage: Stage): string {
  switch (stage.stage) {
    case "none":
      return "No summary yet.";
    case "running":
      return "Summarising…";
    case "waiting": {
      const why = stage.error ? `${explain(stage.error).title}. ` : "";
      return `${why}Trying again in ${stage.seconds} s.`;
    }
    case "done":
      return stage.truncated ? "Of its beginning: the rest is too long." : "";
    case "stale":
      return "The document changed while it was being summarised, so nothing was overwritten.";
    case "failed":
      return explain(stage.error).title;
  }
}

/** Whether the summary is running or waiting. */
function isUnderWay({ stage }: Stage): boolean {
  return stage === "running" || stage === "waiting";
}

type DocumentSummaryProps = { document: AppDocument; isOwn: boolean };

/** The summary of a document, and for its owner the state of the next one, live. */
export function DocumentSummary({ document, isOwn }: DocumentSummaryProps) {
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
  // Unchanged since: another summary would be the same.
  const isFresh = stage.stage === "done" && stage.version === version;

  const summarise = async () => {
    const outcome = await request.mutate({ id });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <div
      className={`summary__line ${stage.stage === "failed" ? "summary__line--refused" : ""}`}
    >
      <span role="status">{stageText(stage)}</span>
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

/** The length of a document, counted on request. */
function WordCount({ id, version }: { id: string; version: number }) {
  const known = useQuery(api.process.statistics, { id });
  const count = useDocsAction(api.process.processDocument);
  const refuse = useRefusal();
  if (known?.version === version) {
    const { words, minutes } = known;
    return (
      <span className="summary__words">
        {words.toLocaleString("en")} {words === 1 ? "word" : "words"}, {minutes}{" "}
        min to read
      </span>
    );
  }
  const run = async () => {
    const outcome = await count.mutate({ id });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <button
      className="button button--quiet"
      aria-disabled={count.isPending || known === undefined}
      onClick={() => void run()}
    >
      Count words
    </button>
  );
}
