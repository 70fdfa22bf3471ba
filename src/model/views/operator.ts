/**
 * What an operator asks of views and does to them.
 *
 * @module
 */
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { decodeRules } from "../../shared/fields.js";
import { fail, invalidAt } from "../../shared/failures.js";
import type { ViewDefinition, ViewStatus } from "../../shared/views.js";
import {
  findBuild,
  findRemovals,
  removeViews,
  startBuild,
  takenIn,
} from "./build.js";
import { register } from "./register.js";
import { findRegistry, type RegisteredView } from "./registry.js";

/**
 * Registers what these rules declare. Starts a build if a view is not ready and none is under way.
 *
 * @param again `true`: in any case, and all entries are compared with their documents
 */
export async function buildViews(
  ctx: MutationCtx,
  rules: string,
  again: boolean,
): Promise<ViewStatus[]> {
  const before = await findRegistry(ctx);
  const registry = await register(ctx, before, decodeRules(rules));
  const views = registry?.views ?? [];
  const isRunning = (await findBuild(ctx))?.state === "running";
  const isMissing = views.some(({ ready }) => !ready) && !isRunning;
  if (views.length > 0 && (again || isMissing)) await startBuild(ctx);
  return await viewStatus(ctx, rules);
}

/** Removes now what the roll call would remove. Throws VALIDATION_FAILED for a view that the calling code declares. */
export async function dropView(
  ctx: MutationCtx,
  rules: string,
  name: string,
): Promise<number> {
  const declared = declaredBy(rules);
  if ([...declared.values()].some((view) => view.name === name)) {
    const problem = "is declared by the code that drops it: take it out first.";
    throw fail(invalidAt("view", problem));
  }
  const dropped = await removeViews(
    ctx,
    ({ definition }) => nameOf(definition) === name,
  );
  return dropped.length;
}

/** Every view that is kept up, being removed, or declared and not known yet. */
export async function viewStatus(
  ctx: QueryCtx,
  rules: string,
): Promise<ViewStatus[]> {
  const declared = declaredBy(rules);
  const registry = await findRegistry(ctx);
  const build = await findBuild(ctx);
  const kept = (registry?.views ?? []).map((view): ViewStatus => {
    const { id, definition } = view;
    const isDeclared = declared.delete(definition);
    const name = nameOf(definition);
    return { id, name, isDeclared, ...stateOf(view, build) };
  });
  const unknown = [...declared.values()].map(({ name }): ViewStatus => {
    const isDeclared = true;
    return { name, isDeclared, state: "unregistered", ...NOTHING };
  });
  const removals = (await findRemovals(ctx)).map((task): ViewStatus => {
    const { subject: id, counts, failed, failures } = task;
    const name = id.slice(0, id.lastIndexOf("."));
    const entries = counts["entries"] ?? 0;
    const done = { documents: 0, entries, failed, failures };
    return { id, name, isDeclared: false, state: "removing", ...done };
  });
  return [...kept, ...unknown, ...removals];
}

const NONE_LEFT = { failed: 0, failures: [] };
const NOTHING = { documents: 0, entries: 0, ...NONE_LEFT };

/** How far a view is. What its build has left out is told of a ready view too, for as long as no other build has begun. */
function stateOf(
  view: RegisteredView,
  build: Awaited<ReturnType<typeof findBuild>>,
): Omit<ViewStatus, "id" | "name" | "isDeclared"> {
  const { ready, definition } = view;
  if (build === null) return { state: ready ? "ready" : "failed", ...NOTHING };
  const { documents = 0, entries = 0 } = build.counts;
  const isOwn = !ready || view.build === build._id;
  const done = {
    documents,
    entries,
    ...(isOwn ? leftOut(nameOf(definition), build) : NONE_LEFT),
  };
  if (ready) return { state: "ready", ...done };
  const isRunning = build.state === "running";
  return { state: isRunning ? "building" : "failed", ...done };
}

/** What a build has found wrong with documents in a view. A value that another document has is of one view, the rest of all. */
function leftOut(
  name: string,
  {
    counts,
    failed,
    failures,
  }: NonNullable<Awaited<ReturnType<typeof findBuild>>>,
): Pick<ViewStatus, "failed" | "failures"> {
  const others = Object.entries(counts).filter(
    ([key]) => key.startsWith(takenIn("")) && key !== takenIn(name),
  );
  return {
    failed: others.reduce((left, [, count]) => left - count, failed),
    failures: failures.filter(
      ({ error }) => error.code !== "ALREADY_EXISTS" || error.key === name,
    ),
  };
}

/** The views that these rules declare, by their definition. */
function declaredBy(rules: string): Map<string, ViewDefinition> {
  const { views = [] } = decodeRules(rules);
  return new Map(views.map((view) => [JSON.stringify(view), view]));
}

function nameOf(definition: string): string {
  return (JSON.parse(definition) as ViewDefinition).name;
}
