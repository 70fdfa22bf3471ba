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
          <summary>
            {failed.toLocaleString("en")}{" "}
            {failed === 1 ? "document" : "documents"} left out
          </summary>
          <ul>
            {failures.map(({ id, error }) => (
              <li key={id}>
                <a href={hrefTo({ page: "document", id })}>{id}</a>:{" "}
                {explain(error).title}
              </li>
            ))}
          </ul>
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

function progressOf({ state, documents, entries }: View): string {
  const seen = documents.toLocaleString("en");
  const places = entries.toLocaleString("en");
  switch (state) {
    case "unregistered":
      return "The next write of a document begins its build.";
    case "building":
      return `${seen} documents seen, ${places} places written`;
    case "ready":
      return documents === 0
        ? "Kept up by every write."
        : `Kept up by every write. Its build has seen ${seen} documents.`;
    case "failed":
      return `Its build ended after ${seen} documents. Lists are computed meanwhile.`;
    case "removing":
      return `${places} places freed`;
  }
}

/** For a view that no code declares any more: it would go by itself, two days after the deploy. */
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
