import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { hrefTo } from "../route.js";
import { explain } from "../ui/failure.js";
import { useRefusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";

type View = FunctionReturnType<typeof api.operations.views>[number];

const STATES: Record<View["state"], string> = {
  unregistered: "Not built yet",
  building: "Being built",
  ready: "Ready",
  failed: "Not finished",
  removing: "Being removed",
};

/** How lists are kept in order: each view, and how far its build or its removal is. */
export function Views() {
  const views = useQuery(api.operations.views);
  const rebuild = useDocsMutation(api.operations.rebuildViews);
  const refuse = useRefusal();
  const show = useToasts();
  if (views === undefined) return null;
  const isBuilding = views.some(({ state }) => state === "building");

  const start = async () => {
    const outcome = await rebuild.mutate({});
    if (!outcome.ok) refuse(outcome.error);
    else show({ tone: "done", title: "Every document is being compared" });
  };
  return (
    <section className="views" aria-labelledby="views">
      <h2 id="views">Views</h2>
      <p className="job-card__text">
        What lists are sorted, filtered and counted by. A new view is filled in
        the background, and a list is right before that, too.
      </p>
      <ul className="jobs" aria-label="Views">
        {views.map((view) => (
          <ViewCard key={`${view.name} ${view.id}`} view={view} />
        ))}
      </ul>
      <div className="job-card__actions">
        <button
          className="button"
          aria-disabled={rebuild.isPending || isBuilding}
          onClick={() => !isBuilding && void start()}
        >
          Compare with all documents
        </button>
      </div>
    </section>
  );
}

function ViewCard({ view }: { view: View }) {
  const { name, state, isDeclared, failed, failures } = view;
  const isWorking = state === "building" || state === "removing";
  return (
    <li className="job-card view-card">
      <div className="job-card__head">
        <h3>{name}</h3>
        <span className={`badge badge--${BADGES[state]}`}>{STATES[state]}</span>
      </div>
      {/* How many documents there are is not known before the last one. */}
      {isWorking && <progress aria-label={`${STATES[state]}: ${name}`} />}
      <p className="job-card__schedule" role={isWorking ? "status" : undefined}>
        {progressOf(view)}
      </p>
      {failed > 0 && (
        <details className="job-card__history">
          <summary>{problemsOf(view)}</summary>
          <ul className="view-card__failures">
            {failures.map(({ id, error }) => (
              <li key={id}>
                <a href={hrefTo({ page: "document", id })}>{id}</a>
                <span>{problemOf(error)}</span>
              </li>
            ))}
          </ul>
          {failed > failures.length && (
            <p>and {(failed - failures.length).toLocaleString("en")} more.</p>
          )}
        </details>
      )}
      {!isDeclared && state !== "removing" && <DropButton name={name} />}
    </li>
  );
}

const BADGES: Record<View["state"], string> = {
  unregistered: "paused",
  building: "running",
  ready: "success",
  failed: "failed",
  removing: "running",
};

/** Where values have to be unique, a document whose values another one has is in the view all the same. */
function problemsOf({ failed, failures }: View): string {
  const isLeftOut = failures.every(({ error }) => !isTwin(error));
  const what = failed === 1 ? "document" : "documents";
  return `${failed.toLocaleString("en")} ${what} ${isLeftOut ? "left out" : "to look at"}`;
}

type Problem = View["failures"][number]["error"];

function isTwin({ code }: Problem): boolean {
  return code === "ALREADY_EXISTS";
}

function problemOf(error: Problem): string {
  if (isTwin(error))
    return "Another document of its owner has the same values.";
  return error.code === "VALIDATION_FAILED"
    ? explain(error).text
    : `It could not be read (${error.code}).`;
}

function progressOf({ state, isDeclared, documents, entries }: View): string {
  const seen = documents.toLocaleString("en");
  const places = entries.toLocaleString("en");
  switch (state) {
    case "unregistered":
      return "The next write of a document begins its build.";
    case "building":
      return `${seen} documents seen, ${places} places written`;
    case "ready":
      if (!isDeclared)
        return "No code declares it any more. It goes by itself two days after the deploy.";
      return documents === 0
        ? "Kept up by every write."
        : `Kept up by every write, and last compared with ${seen} documents.`;
    case "failed":
      return `Its build ended after ${seen} documents. Lists are computed meanwhile.`;
    case "removing":
      return `${places} places freed`;
  }
}

/** For a view that no code declares any more: it would go by itself. */
function DropButton({ name }: { name: string }) {
  const drop = useDocsMutation(api.operations.dropView);
  const refuse = useRefusal();
  const remove = async () => {
    const outcome = await drop.mutate({ view: name });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <div className="job-card__actions">
      <button
        className="button"
        aria-label={`Remove now: ${name}`}
        aria-disabled={drop.isPending}
        onClick={() => void remove()}
      >
        Remove now
      </button>
    </div>
  );
}
