import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { explain, type Failure } from "./failure.js";

export type SummaryState = FunctionReturnType<typeof api.ai.state>;

/** How a summary stands, as the page tells it. */
export type Stage =
  | { stage: "none" }
  | { stage: "queued" }
  | { stage: "running" }
  /** Waits for some seconds, because of something. */
  | { stage: "waiting"; seconds: number; error: Failure | undefined }
  | { stage: "done"; version: number; truncated: boolean }
  | { stage: "stale" }
  | { stage: "failed"; error: Failure };

/** One word for what the server knows of the request and of its run. @param seconds until the next attempt */
export function stageOf(
  state: SummaryState | undefined,
  seconds: number,
): Stage {
  if (!state) return { stage: "none" };
  const { result, run } = state;
  if (result?.kind === "written") return { stage: "done", ...result };
  if (result?.kind === "stale") return { stage: "stale" };
  if (run === null) return { stage: "queued" };
  if (run.status !== "running") {
    return { stage: "failed", error: run.error ?? { code: "UNEXPECTED" } };
  }
  return seconds === 0
    ? { stage: "running" }
    : { stage: "waiting", seconds, error: run.error };
}

/** What a person is told. */
export function tell(stage: Stage): string {
  switch (stage.stage) {
    case "none":
      return "No summary yet.";
    case "queued":
      return "Waiting for its turn…";
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

/** Whether there is nothing to do but wait. */
export function isUnderWay({ stage }: Stage): boolean {
  return stage === "queued" || stage === "running" || stage === "waiting";
}
