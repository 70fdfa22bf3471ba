/**
 * The host's function in which background work runs the hooks.
 *
 * @module
 */
import {
  createFunctionHandle,
  internalMutationGeneric,
  makeFunctionReference,
  type RegisteredMutation,
} from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import { vWorkerCall, type WorkerCall } from "../shared/bulk.js";
import { vOutcome, type Outcome } from "../shared/documents.js";
import type { DocsState } from "./options.js";
import { write } from "./write.js";

/** The function that bulk jobs call to write where there are hooks or a schema. Acts as the job's starter. */
export function createBulkWorker<F extends PropertyValidators, Ctx, ChangeCtx>(
  core: DocsState<F, Ctx, ChangeCtx>,
): RegisteredMutation<"internal", WorkerCall, Promise<Outcome[]>> {
  return internalMutationGeneric({
    args: vWorkerCall,
    returns: v.array(vOutcome),
    handler: async (ctx, call) =>
      // It runs in the host's app, so its `ctx` is the host's: the one that its hooks declare.
      await write(core, ctx as typeof ctx & Ctx & ChangeCtx, {
        ...call,
        mode: "partial",
      }),
  });
}

/** Handle of the host's worker; `undefined` where the component writes by itself. */
export async function workerOf<F extends PropertyValidators, Ctx, ChangeCtx>({
  bulkWorker,
  schema,
  hooks: { access, onChange },
}: DocsState<F, Ctx, ChangeCtx>): Promise<string | undefined> {
  if (bulkWorker !== undefined) {
    return await createFunctionHandle(
      makeFunctionReference<"mutation">(bulkWorker),
    );
  }
  if (!access && !onChange && !schema) return undefined;
  throw new Error(
    "convex-docs: a bulk job runs in the background and needs a function of yours to run access, onChange and schema in. " +
      'Export `bulkWorker = docs.bulkWorker()` and name it in new Docs(): bulkWorker: "documents:bulkWorker".',
  );
}
