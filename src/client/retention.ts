/**
 * Retention: the functions that clean up, made for the host's own `crons.ts`.
 *
 * @module
 */
import {
  internalMutationGeneric,
  internalQueryGeneric,
  makeFunctionReference,
  type GenericDataModel,
  type GenericMutationCtx,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import { invoke, type RunMutationCtx } from "../host/component.js";
import { hostFunction } from "../host/functions.js";
import {
  vOutcome,
  vStatus,
  type Outcome,
  type Status,
} from "../shared/documents.js";
import type { HostFunction } from "../shared/functions.js";
import { assertWholeNumber } from "../shared/issues.js";
import { OWN_JOBS } from "../shared/jobs.js";
import {
  AGE,
  ageMs,
  ageProblem,
  CLEANUP,
  vCleanupBatch,
  vCleanupStarted,
  vPreview,
  type Age,
  type AgeBy,
  type Cleanup,
  type CleanupBatch,
  type CleanupOperation,
  type CleanupTarget,
  type DueReason,
  type Preview,
  type StoredPolicy,
  type SweepStart,
} from "../shared/retention.js";
import type { DocumentOf } from "./document.js";
import type { DocsState, DocumentChange } from "./options.js";
import { write } from "./write.js";

/** When documents of one status go. */
export type RetentionPolicy = {
  status: Status;
  /** A document goes once it is older than this. One of exactly this age stays. */
  olderThan: Age;
  /** What the age counts from. Default: `"updatedAt"`, the last edit. */
  by?: AgeBy;
  /** `true`: `olderThan` may be less than an hour. Default: `false`. */
  allowShort?: boolean;
};

/** A document that retention is about to delete for good: what `archive` and `onDelete` are called with. */
export type Removal<
  F extends PropertyValidators,
  Id extends string = string,
> = {
  document: DocumentOf<F, Id>;
  /** A policy's age, its own `expiresAt`, or its time in the trash. */
  reason: DueReason;
  /** The run that deletes it: see `jobs.runs`. */
  runId: string;
};

export type RetentionOptions<
  F extends PropertyValidators,
  HookCtx,
  Id extends string = string,
> = {
  /**
   * When documents go, one policy a status. A status without a policy is kept. A document with `expiresAt` goes at that time
   * instead, and a `pinned` one never does.
   */
  policies: RetentionPolicy[];
  /**
   * With the option `trash`: how long a document in the trash can be restored before `purgeTrash` deletes it. Default: 30 days.
   */
  undoFor?: Age;
  /** `true`: `undoFor` may be less than an hour. Default: `false`. */
  allowShort?: boolean;
  /**
   * Runs before a document is deleted for good, in the transaction that deletes it: write a copy elsewhere. A throw keeps that
   * document, counts as its failure, and stops no other.
   */
  archive?: (ctx: HookCtx, removal: Removal<F, Id>) => Promise<void> | void;
  /** Runs after `archive`, in the same way: delete what belongs to the document, such as its files. */
  onDelete?: (ctx: HookCtx, removal: Removal<F, Id>) => Promise<void> | void;
  /** Documents of one transaction, at most 500; fewer where they are large. Default: 100. */
  batchSize?: number;
  /** Documents of one run, at most 1,000,000. The next run takes the rest. Default: 10,000. */
  maxPerRun?: number;
};

/** The functions that `docs.retention()` makes. */
export type Retention = {
  /** Starts a run that moves what is due to the trash or, without the option `trash`, deletes it. For `crons.ts`. */
  cleanupOldDrafts: RegisteredMutation<
    "internal",
    { batch?: CleanupBatch },
    Promise<SweepStart | Outcome[]>
  >;
  /** Starts a run that deletes what has lain in the trash for `undoFor`. For `crons.ts`. */
  purgeTrash: RegisteredMutation<
    "internal",
    { batch?: CleanupBatch },
    Promise<SweepStart | Outcome[]>
  >;
  /**
   * What both would remove as of `at` (ms). Changes nothing. Default: the start of the last run or the time of the newest
   * document, whichever is later, because a query that reads the clock cannot be cached.
   */
  previewCleanup: RegisteredQuery<
    "internal",
    { at?: number },
    Promise<Preview>
  >;
  /**
   * Lets runs try documents again that are in quarantine: those of these ids, at most 1,000, or the first 1,000. Returns how many
   * were in it. Call it once what made their removal fail is repaired.
   */
  releaseQuarantined: RegisteredMutation<
    "internal",
    { ids?: string[] },
    Promise<number>
  >;
};

/** What `docs.retention()` makes besides, with the option `history`. */
export type HistoryRetention = {
  /**
   * Deletes in the background what was replaced longer ago than `history.for`, for `crons.ts`. Does nothing while it is under way,
   * and with `for: "ever"`. Returns whether it has begun.
   */
  pruneHistory: RegisteredMutation<
    "internal",
    Record<never, never>,
    Promise<{ started: boolean }>
  >;
};

/** See `HistoryRetention`. */
export function createHistoryRetention({
  component,
  history,
}: DocsState): HistoryRetention {
  return {
    pruneHistory: internalMutationGeneric({
      args: {},
      returns: v.object({ started: v.boolean() }),
      handler: async (ctx) => {
        const forMs = history?.forMs;
        if (forMs === undefined) return { started: false };
        const { expire } = component.history;
        const before = Date.now() - forMs;
        const run = () => ctx.runMutation(expire, { before });
        return { started: await invoke(run) };
      },
    }),
  };
}

/** See `Docs.retention`. Throws for options that are out of their range. */
export function createRetention<F extends PropertyValidators, HookCtx>(
  core: DocsState,
  options: RetentionOptions<F, HookCtx>,
): Retention {
  const { cleanup, purge, bounds } = planRetention(options);
  const { archive, onDelete } = options;
  const hasOnChange = core.hooks.onChange !== undefined;
  const hasHooks =
    hasOnChange || archive !== undefined || onDelete !== undefined;

  const clean = (
    job: string,
    target: Cleanup["target"],
    operation: CleanupOperation,
  ): RegisteredMutation<
    "internal",
    { batch?: CleanupBatch },
    Promise<SweepStart | Outcome[]>
  > =>
    internalMutationGeneric({
      args: { batch: v.optional(vCleanupBatch) },
      returns: v.union(vCleanupStarted, v.array(vOutcome)),
      handler: async (ctx, { batch }) => {
        if (batch) {
          // This function is the host's, so its `ctx` is the one that the host's hooks declare.
          const host = ctx as typeof ctx & HookCtx;
          return await removeBatch(core, options, host, batch);
        }
        // Moving to the trash deletes nothing, so only `onChange` runs. The component calls this function back for each batch.
        const runsHere = operation === "trash" ? hasOnChange : hasHooks;
        const worker = runsHere ? { worker: await selfOf(ctx.meta) } : {};
        const sweep = { job, target, operation, ...bounds, ...worker };
        const { start } = core.component.retention;
        return await invoke(() => ctx.runMutation(start, { sweep }));
      },
    });

  return {
    cleanupOldDrafts: clean(
      OWN_JOBS.cleanup,
      cleanup,
      core.trash ? "trash" : "remove",
    ),
    purgeTrash: clean(OWN_JOBS.purge, purge, "purge"),
    previewCleanup: internalQueryGeneric({
      args: { at: v.optional(v.number()) },
      returns: vPreview,
      handler: async (ctx, args) => {
        const { preview } = core.component.retention;
        const call = { job: OWN_JOBS.cleanup, cleanup, purge, ...args };
        return await invoke(() => ctx.runQuery(preview, call));
      },
    }),
    releaseQuarantined: internalMutationGeneric({
      args: { ids: v.optional(v.array(v.string())) },
      returns: v.number(),
      handler: async (ctx, args) => {
        const { release } = core.component.retention;
        return await invoke(() => ctx.runMutation(release, args));
      },
    }),
  };
}

/** Removes documents in the way of every write, as the system, with the hooks of retention before `onChange`. */
async function removeBatch<F extends PropertyValidators, HookCtx>(
  core: DocsState,
  { archive, onDelete }: RetentionOptions<F, HookCtx>,
  host: RunMutationCtx & HookCtx,
  { runId, operation, items }: CleanupBatch,
): Promise<Outcome[]> {
  const reasons = new Map(items.map(({ id, reason }) => [id, reason]));
  const { onChange } = core.hooks;
  const hooks = {
    onChange: async (
      ctx: unknown,
      change: DocumentChange<PropertyValidators>,
    ) => {
      const { before: document, after } = change;
      const reason = document && reasons.get(document._id);
      if (document && reason && after === null) {
        const removal = { document: document as DocumentOf<F>, reason, runId };
        // As `host`, and knows what the hook is told of.
        await archive?.(ctx as HookCtx, removal);
        await onDelete?.(ctx as HookCtx, removal);
      }
      await onChange?.(ctx, change);
    },
  };
  // `access` asks about callers and `schema` about what is written: neither is for a removal by the system.
  return await write({ ...core, hooks, schema: undefined }, host, {
    actor: { kind: "system", reason: "retention" },
    operation,
    mode: "partial",
    items: items.map(({ id, ifVersion }) => ({ id, ifVersion })),
  });
}

/** The function that runs. */
async function selfOf(
  meta: GenericMutationCtx<GenericDataModel>["meta"],
): Promise<HostFunction> {
  const { name } = await meta.getFunctionMetadata();
  return await hostFunction(makeFunctionReference<"mutation">(name));
}

/* The options are checked where the host states them, so that a wrong policy fails the deploy. */

function planRetention({
  policies,
  undoFor,
  allowShort = false,
  batchSize = CLEANUP.defaultBatch,
  maxPerRun = CLEANUP.defaultRun,
}: Omit<
  RetentionOptions<PropertyValidators, unknown>,
  "archive" | "onDelete"
>): {
  cleanup: CleanupTarget;
  purge: CleanupTarget;
  bounds: Pick<Cleanup, "batchSize" | "maxPerRun">;
} {
  assertWholeNumber("batchSize", batchSize, 1, CLEANUP.maxBatch);
  assertWholeNumber("maxPerRun", maxPerRun, 1, CLEANUP.maxRun);
  const undoMs = undoFor === undefined ? AGE.undoMs : ageMs(undoFor);
  assertAge("undoFor", undoMs, allowShort);
  const checked = policies.map(checkPolicy);
  const statuses = checked.map(({ status }) => status);
  const twice = statuses.find((one, at) => statuses.indexOf(one) !== at);
  if (twice)
    throw new Error(`convex-docs: there are two policies for ${twice}.`);
  return {
    cleanup: { policies: checked },
    purge: { trashOlderThanMs: undoMs },
    bounds: { batchSize, maxPerRun },
  };
}

function checkPolicy(
  { status, olderThan, by = "updatedAt", allowShort = false }: RetentionPolicy,
  index: number,
): StoredPolicy {
  const at = `policies[${index}]`;
  if (!vStatus.members.some(({ value }) => value === status)) {
    throw new Error(
      `convex-docs: ${at}.status must be draft, published or archived.`,
    );
  }
  if (!["updatedAt", "createdAt"].includes(by)) {
    throw new Error(`convex-docs: ${at}.by must be updatedAt or createdAt.`);
  }
  const olderThanMs = ageMs(olderThan);
  assertAge(`${at}.olderThan`, olderThanMs, allowShort);
  return { status, olderThanMs, by };
}

function assertAge(name: string, ms: number, allowShort: boolean): void {
  const problem = ageProblem(ms, allowShort);
  if (problem) throw new Error(`convex-docs: ${name} ${problem}`);
}
