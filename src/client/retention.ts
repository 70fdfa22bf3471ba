/**
 * Retention: the functions that clean up, made for the host's own `crons.ts`.
 *
 * @module
 */
import {
  createFunctionHandle,
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
import {
  vOutcome,
  vStatus,
  type Outcome,
  type Status,
} from "../shared/documents.js";
import { assertWholeNumber } from "../shared/issues.js";
import { OWN_JOBS } from "../shared/jobs.js";
import {
  AGE,
  ageMs,
  ageProblem,
  CLEANUP,
  vCleanupBatch,
  vCleanupStart,
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

/** A document that retention is about to delete for good. */
export type Removal<F extends PropertyValidators> = {
  document: DocumentOf<F>;
  /** A policy's age, a time of its own, or its time in the trash. */
  reason: DueReason;
  /** The run that deletes it: see `jobs.runs`. */
  runId: string;
};

export type RetentionOptions<F extends PropertyValidators, HookCtx> = {
  /**
   * When documents go, one policy a status. A status without a policy is kept. Whatever the policies say, a document goes at
   * its own `expiresAt` if it has one, and never while it is `pinned`.
   */
  policies: RetentionPolicy[];
  /**
   * With the option `trash`: how long what was moved to the trash can be brought back before `purgeTrash` deletes it. 30 days
   * when not given.
   */
  undoFor?: Age;
  /** `true`: `undoFor` may be less than an hour. */
  allowShort?: boolean;
  /**
   * Runs before each document that is deleted for good, in the transaction that deletes it: write a copy elsewhere. A throw
   * keeps the document, and counts as a failure of it alone.
   */
  archive?: (ctx: HookCtx, removal: Removal<F>) => Promise<void> | void;
  /** As `archive`, and after it: delete what belongs to the document, its files for instance. */
  onDelete?: (ctx: HookCtx, removal: Removal<F>) => Promise<void> | void;
  /** Documents of one transaction: 100 when not given, 500 at most. Fewer where they are large. */
  batchSize?: number;
  /** Documents of one run: 10,000 when not given, 1,000,000 at most. The next run takes the rest. */
  maxPerRun?: number;
};

type CleanupFunction = RegisteredMutation<
  "internal",
  { batch?: CleanupBatch },
  Promise<SweepStart | Outcome[]>
>;

/** The functions that `docs.retention()` makes. */
export type Retention = {
  /** Starts a run: for `crons.ts`. Moves to the trash or, without the option `trash`, deletes. */
  cleanupOldDrafts: CleanupFunction;
  /** Starts a run: for `crons.ts`. Deletes what has lain in the trash for `undoFor`. */
  purgeTrash: CleanupFunction;
  /**
   * What both would take as of a time, `at` (ms). Without it, as of the last run's start or the newest document, whichever is
   * later: a query that asked the clock could not be cached. Changes nothing.
   */
  previewCleanup: RegisteredQuery<
    "internal",
    { at?: number },
    Promise<Preview>
  >;
};

/** Makes a host's functions. Throws for a policy that cannot be meant. */
export function createRetention<F extends PropertyValidators, HookCtx>(
  core: DocsState,
  options: RetentionOptions<F, HookCtx>,
): Retention {
  const { cleanup, purge, bounds } = planRetention(options);
  const { archive, onDelete } = options;
  const hears = core.hooks.onChange !== undefined;
  const deletes = hears || archive !== undefined || onDelete !== undefined;

  const clean = (
    job: string,
    target: Cleanup["target"],
    operation: CleanupOperation,
  ): CleanupFunction =>
    internalMutationGeneric({
      args: { batch: v.optional(vCleanupBatch) },
      returns: v.union(vCleanupStart, v.array(vOutcome)),
      handler: async (ctx, { batch }) => {
        if (batch) {
          // It runs in the host's app, so its `ctx` is the host's: the one that its hooks declare.
          const host = ctx as typeof ctx & HookCtx;
          return await removeBatch(core, options, host, batch);
        }
        const needsUs = operation === "trash" ? hears : deletes;
        // The component calls this very function back, for each batch.
        const worker = needsUs ? { worker: await handleOfSelf(ctx.meta) } : {};
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
        const question = { job: OWN_JOBS.cleanup, cleanup, purge, ...args };
        return await invoke(() => ctx.runQuery(preview, question));
      },
    }),
  };
}

/**
 * Removes as every other removal does, as the system: each is planned, announced (to the hooks here, then to `onChange`) and
 * written, or all of it is undone.
 */
async function removeBatch<F extends PropertyValidators, HookCtx>(
  core: DocsState,
  { archive, onDelete }: RetentionOptions<F, HookCtx>,
  host: RunMutationCtx & HookCtx,
  { runId, operation, items }: CleanupBatch,
): Promise<Outcome[]> {
  const reasons = new Map(items.map(({ id, reason }) => [id, reason]));
  const { onChange } = core.hooks;
  const heard = {
    onChange: async (
      _: unknown,
      change: DocumentChange<PropertyValidators>,
    ) => {
      const { before: document, after } = change;
      const reason = document && reasons.get(document._id);
      if (document && reason && after === null) {
        const removal = { document: document as DocumentOf<F>, reason, runId };
        await archive?.(host, removal);
        await onDelete?.(host, removal);
      }
      await onChange?.(host, change);
    },
  };
  // `access` and `schema` are about callers and about what is written: the system removes.
  const own = { ...core, hooks: heard, schema: undefined };
  return await write(own, host, {
    actor: { kind: "system", reason: "retention" },
    operation,
    mode: "partial",
    items: items.map(({ id, ifVersion }) => ({ id, ifVersion })),
  });
}

async function handleOfSelf(
  meta: GenericMutationCtx<GenericDataModel>["meta"],
): Promise<string> {
  const { name } = await meta.getFunctionMetadata();
  return await createFunctionHandle(makeFunctionReference<"mutation">(name));
}

/*
 * What a host says of retention, checked where it is said: a wrong policy fails the deploy and not the documents.
 */

/** When documents of one status go. */
export type RetentionPolicy = {
  status: Status;
  /** Longer than this ago: a document of exactly this age stays. */
  olderThan: Age;
  /** What the age is counted from: the last edit when not given, or the creation. */
  by?: AgeBy;
  /** `true`: `olderThan` may be less than an hour. */
  allowShort?: boolean;
};

export type RetentionSettings = {
  policies: RetentionPolicy[];
  undoFor?: Age;
  allowShort?: boolean;
  batchSize?: number;
  maxPerRun?: number;
};

/** What the component is told. Throws for what cannot be meant. */
export function planRetention({
  policies,
  undoFor,
  allowShort = false,
  batchSize = CLEANUP.defaultBatch,
  maxPerRun = CLEANUP.defaultRun,
}: RetentionSettings): {
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
  if (twice) throw optionError(`has two policies for ${twice}: give one.`);
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
    throw optionError(`${at}.status must be draft, published or archived.`);
  }
  if (!["updatedAt", "createdAt"].includes(by)) {
    throw optionError(`${at}.by must be updatedAt or createdAt.`);
  }
  const olderThanMs = ageMs(olderThan);
  assertAge(`${at}.olderThan`, olderThanMs, allowShort);
  return { status, olderThanMs, by };
}

function assertAge(name: string, ms: number, allowShort: boolean): void {
  const problem = ageProblem(ms, allowShort);
  if (problem) throw optionError(`${name} ${problem}`);
}

function optionError(problem: string): Error {
  return new Error(`convex-docs: docs.retention(): ${problem}`);
}
