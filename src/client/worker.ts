/**
 * The host's function that writes for the component, where there are hooks or a schema to run.
 *
 * @module
 */
import {
  createFunctionHandle,
  internalMutationGeneric,
  type RegisteredMutation,
} from "convex/server";
import { v } from "convex/values";
import { invoke, type RunMutationCtx } from "../host/component.js";
import { hostFunction } from "../host/functions.js";
import { vWorkerCall, type WorkerCall } from "../shared/bulk.js";
import type { HostFunction } from "../shared/functions.js";
import { vOutcome, type Actor, type Outcome } from "../shared/documents.js";
import type { DocsState } from "./options.js";
import { acting, unasked, withoutCaller } from "./principals.js";
import { write } from "./write.js";

/** See `Docs.worker`. */
export function createWorker(
  core: DocsState,
): RegisteredMutation<"internal", WorkerCall, Promise<Outcome[]>> {
  return internalMutationGeneric({
    args: vWorkerCall,
    returns: v.array(vOutcome),
    handler: async (ctx, { mount, ...call }) => {
      if (mount !== undefined && mount !== (await mountOf(core))) {
        throw new Error("convex-docs: this is the worker of another Docs.");
      }
      // The question alone: it is the worker.
      if (call.items.length === 0) return [];
      const absent = withoutCaller(ctx);
      return await acting(core, absent, unasked(core, call.actor), (actor) =>
        write(core, ctx, { ...call, actor, mode: "partial" }),
      );
    },
  });
}

/**
 * The host's worker, once it has answered a call without items. `undefined` where the component writes by itself.
 *
 * @throws Error when a worker is needed and missing, or is not this mount's
 */
export async function workerHandle(
  core: DocsState,
  ctx: RunMutationCtx,
  actor: Actor,
): Promise<HostFunction | undefined> {
  const { worker, schema, hooks } = core;
  if (worker === undefined) {
    const { access, onChange, principals } = hooks;
    if (!access && !onChange && !principals && !schema) return undefined;
    throw new Error(
      `convex-docs: what runs later needs a function of the app in which access, onChange, principals and schema run. ${HOW_TO}`,
    );
  }
  const question: WorkerCall = {
    actor,
    operation: "update",
    items: [],
    mount: await mountOf(core),
  };
  try {
    const answer: unknown = await ctx.runMutation(worker, question);
    if (Array.isArray(answer) && answer.length === 0) {
      return await hostFunction(worker);
    }
  } catch (cause) {
    throw new Error(NOT_THE_WORKER, { cause });
  }
  throw new Error(NOT_THE_WORKER);
}

const HOW_TO =
  "Export `worker = docs.worker()` next to `docs`, and pass its reference to new Docs(): `worker: internal.documents.worker`, " +
  "kept in a constant of the type DocsWorker.";

const NOT_THE_WORKER = `convex-docs: the function passed as \`worker\` is missing, or is not the one that this Docs makes. ${HOW_TO}`;

/** What tells one mount from another: the handle of a function of its own. */
async function mountOf({ component }: DocsState): Promise<string> {
  return await invoke(() => createFunctionHandle(component.bulk.start));
}
