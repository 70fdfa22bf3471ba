import { docsError } from "@acme/convex-docs";
import { isDocsError } from "@acme/convex-docs/errors";
import {
  vJobClaim,
  vRun,
  type JobResult,
  type Run,
} from "@acme/convex-docs/jobs";
import { v } from "convex/values";
import { internal } from "./_generated/api.js";
import type { Doc } from "./_generated/dataModel.js";
import {
  internalMutation,
  internalQuery,
  mutation,
  query,
  type MutationCtx,
  type QueryCtx,
} from "./_generated/server.js";
import { MODEL, summarise } from "./completions.js";
import { docs } from "./documents.js";
import { jobs } from "./jobs.js";
import { countUse } from "./limits.js";
import { vSummaryResult, type SummaryResult } from "./validators.js";

const JOB = "generate-summary";
const work = { id: v.string(), version: v.number(), model: v.string() };

/** Until a request that has not begun is taken for lost (ms). */
const QUEUED_MS = 10 * 60_000;

/** One summary is of one document at one version by one model. It is claimed by this, so it is paid for once. */
const keyOf = (of: { id: string; version: number; model: string }) =>
  `${of.id}:${of.version}:${of.model}`;

/**
 * Asks for a summary of one's own document, and returns at once: `state` says how it goes on. What is under way already, and
 * what has been summarised as it is, is not asked for again.
 */
export const requestSummary = mutation({
  args: { id: v.string() },
  returns: v.object({ started: v.boolean() }),
  handler: async (ctx, { id }) => {
    const user = await ctx.auth.getUserIdentity();
    if (user === null) throw docsError("UNAUTHORIZED");
    const document = await docs.getOrThrow(ctx, { id });
    if (document.ownerId !== user.tokenIdentifier) {
      throw docsError("FORBIDDEN", { documentId: id });
    }
    if (document.content.trim() === "") {
      const message = "Write something first: there is nothing to summarise.";
      const issues = [{ path: "content", message }];
      throw docsError("VALIDATION_FAILED", { issues });
    }
    const known = await summaryOf(ctx, id);
    const { version } = document;
    const { result } = known ?? {};
    // The summary itself made this version.
    const isSame = result?.kind === "written" && result.version === version;
    const wanted = { id, version, model: MODEL };
    if (isSame && known?.model === MODEL) return { started: false };
    if (known?.key === keyOf(wanted)) {
      const run = await runOf(ctx, known.key);
      const isQueued = !run && Date.now() - known.requestedAt < QUEUED_MS;
      if (isQueued || run?.status === "running") return { started: false };
    }
    await countUse(ctx, "summaries", user.tokenIdentifier);
    const row = {
      documentId: id,
      key: keyOf(wanted),
      version,
      model: MODEL,
      requestedAt: Date.now(),
    };
    if (known) await ctx.db.replace("summaries", known._id, row);
    else await ctx.db.insert("summaries", row);
    await ctx.scheduler.runAfter(0, internal.ai.generateSummary, wanted);
    return { started: true };
  },
});

/** The work itself: read, ask, write back. Safe to run twice: what has been written back is not asked for again. */
export const generateSummary = jobs.action(JOB, {
  args: work,
  key: keyOf,
  timeoutMs: 2 * 60_000,
  retry: { attempts: 5, baseMs: 2_000, capMs: 60_000 },
  handler: async (ctx, run, args): Promise<JobResult> => {
    const document = await ctx.runQuery(internal.ai.toSummarise, args);
    if (document === null) {
      await ctx.runMutation(internal.ai.recordStale, args);
      return { counts: { stale: 1 } };
    }
    const { summary, tokens, truncated } = await summarise(document, run);
    const { kind } = await ctx.runMutation(internal.ai.saveSummary, {
      ...args,
      claim: run.claim,
      summary,
      tokens,
      truncated,
    });
    return { counts: { [kind]: 1, tokens } };
  },
});

/** The document as it is to be summarised; `null` when it has changed, or is gone, or has been summarised already. */
export const toSummarise = internalQuery({
  args: work,
  returns: v.union(
    v.null(),
    v.object({ title: v.string(), content: v.string() }),
  ),
  handler: async (ctx, { id, version }) => {
    const document = await docs.asSystem("summary").get(ctx, { id });
    if (document?.version !== version) return null;
    return { title: document.title, content: document.content };
  },
});

/** Writes the summary back unless the document has changed since it was read, and what came of it in the same transaction. */
export const saveSummary = internalMutation({
  args: {
    ...work,
    claim: vJobClaim,
    summary: v.string(),
    tokens: v.number(),
    truncated: v.boolean(),
  },
  returns: vSummaryResult,
  handler: async (
    ctx,
    { claim, summary, tokens, truncated, ...args },
  ): Promise<SummaryResult> => {
    // An attempt that was given up may still be waiting for its answer.
    await jobs.guard(ctx, claim);
    const { id, version: ifVersion } = args;
    const result: SummaryResult = await ctx
      .runMutation(internal.documents.updateSummary, { id, summary, ifVersion })
      .then(
        ({ version }) => ({
          kind: "written" as const,
          version,
          tokens,
          truncated,
        }),
        (error: unknown) => {
          if (!isDocsError(error, "CONFLICT", "NOT_FOUND")) throw error;
          return { kind: "stale" as const };
        },
      );
    await record(ctx, args, result);
    return result;
  },
});

/** There is nothing left to ask for. */
export const recordStale = internalMutation({
  args: work,
  returns: v.null(),
  handler: async (ctx, args) => {
    await record(ctx, args, { kind: "stale" });
    return null;
  },
});

/** How the summary of one's own document stands, live; `null` when none was asked for. */
export const state = query({
  args: { id: v.string() },
  returns: v.union(
    v.null(),
    v.object({
      result: v.optional(vSummaryResult),
      /** `null`: it has not begun. */
      run: v.union(v.null(), vRun),
    }),
  ),
  handler: async (ctx, { id }) => {
    const user = await ctx.auth.getUserIdentity();
    const document = user && (await docs.get(ctx, { id }));
    if (document?.ownerId !== user?.tokenIdentifier) return null;
    const known = await summaryOf(ctx, id);
    if (!known) return null;
    const run = await runOf(ctx, known.key);
    return { run, ...(known.result && { result: known.result }) };
  },
});

async function runOf(ctx: QueryCtx, key: string): Promise<Run | null> {
  return (await jobs.status(ctx, { job: JOB, key }))?.run ?? null;
}

/** A later request has another key, and what comes of an earlier one is no longer of interest. */
async function record(
  ctx: MutationCtx,
  of: { id: string; version: number; model: string },
  result: SummaryResult,
): Promise<void> {
  const known = await summaryOf(ctx, of.id);
  if (known?.key !== keyOf(of) || known.result) return;
  await ctx.db.patch("summaries", known._id, { result });
}

async function summaryOf(
  ctx: QueryCtx,
  documentId: string,
): Promise<Doc<"summaries"> | null> {
  return await ctx.db
    .query("summaries")
    .withIndex("document", (q) => q.eq("documentId", documentId))
    .unique();
}
