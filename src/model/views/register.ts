/**
 * What code declares, and what its writes have to keep up.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import type { Rules } from "../../shared/fields.js";
import { fingerprintOf, VIEW, type KeptView } from "../../shared/views.js";
import { arrangeRollCall, startBuild } from "./build.js";
import {
  findRegistry,
  toKept,
  type RegisteredView,
  type Registry,
} from "./registry.js";

/** The part of the rules that says which views there are. */
export type Declared = Pick<Rules, "views" | "viewSet" | "workingCopy">;

/** The views that a write keeps up, and among them those that its own code declares. */
export type Kept = {
  views: KeptView[];
  declared: Set<string>;
  /** Whether documents may be ahead of what is published of them. */
  hasCopies: boolean;
};

export const NONE_KEPT: Kept = {
  views: [],
  declared: new Set(),
  hasCopies: false,
};

/**
 * The views that a write keeps up. Registers what its code declares, if nobody has before.
 *
 * @param registers `false` for what only plans, and for work that may have been ordered by an earlier deploy
 */
export async function keptViews(
  ctx: MutationCtx,
  rules: Declared,
  registers: boolean,
): Promise<Kept> {
  const found = await findRegistry(ctx);
  const registry = registers ? await register(ctx, found, rules) : found;
  const texts = new Set(
    (rules.views ?? []).map((view) => JSON.stringify(view)),
  );
  const kept = registry?.views ?? [];
  const declared = kept.filter(({ definition }) => texts.has(definition));
  return {
    views: kept.map(toKept),
    declared: new Set(declared.map(({ id }) => id)),
    hasCopies: rules.workingCopy === true,
  };
}

/** Registers a set of views that is not known yet. Adding one never removes another: that is for the roll call. */
export async function register(
  ctx: MutationCtx,
  registry: Registry | null,
  { views = [], viewSet = fingerprintOf(views) }: Declared,
): Promise<Registry | null> {
  // Code without views has nothing to say where there are none.
  const isQuiet = views.length === 0 && !registry?.views.length;
  if (isQuiet || registry?.known.includes(viewSet)) return registry;
  const isEmpty = (await ctx.db.query("documents").first()) === null;
  const declared = new Map(views.map((view) => [JSON.stringify(view), view]));
  const kept = (registry?.views ?? []).map((view) =>
    declared.has(view.definition) ? { ...view, seen: true } : view,
  );
  let next = registry?.next ?? 1;
  const fresh = [...declared]
    .filter(([text]) => !kept.some(({ definition }) => definition === text))
    .map(([definition, { name }]): RegisteredView => ({
      id: `${name}.${next++}`,
      definition,
      ready: isEmpty,
      seen: true,
    }));
  const builds = fresh.length > 0 && !isEmpty;
  const columns = {
    known: [viewSet, ...(registry?.known ?? [])].slice(0, VIEW.maxKnown),
    next,
    views: [...kept, ...fresh],
  };
  if (registry) await ctx.db.patch("viewSets", registry._id, columns);
  else await ctx.db.insert("viewSets", columns);
  if (builds) await startBuild(ctx);
  const isLeft = kept.some(({ definition }) => !declared.has(definition));
  if (isLeft) await arrangeRollCall(ctx);
  return await findRegistry(ctx);
}
