import { Docs, emailPrincipal, type DocsWorker } from "@acme/convex-docs";
import { v } from "convex/values";
import * as z from "zod";
import { components, internal } from "./_generated/api.js";
import {
  internalMutation,
  internalQuery,
  type MutationCtx,
  type QueryCtx,
} from "./_generated/server.js";
import { activityOf } from "./analytics.js";
import { forgetDerived } from "./derived.js";
import { RANK } from "./rank.js";
import { teamsOf } from "./teams.js";

// The function below. Without the annotation, the type of this file refers to itself.
const writer: DocsWorker = internal.documents.worker;

export const docs = new Docs(components.docs, {
  fields: {
    title: v.string(),
    content: v.string(),
    summary: v.optional(v.string()),
    tags: v.optional(v.array(v.string())),
    /** Midnight of the day, where it was set (ms). */
    dueAt: v.optional(v.number()),
    /** The place on the board: see `board.ts`. */
    rank: v.optional(v.string()),
  },
  identify: async (ctx: QueryCtx) =>
    (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
  // Rules beyond validators.
  schema: z.object({
    title: z
      .string()
      .trim()
      .min(1, "Give it a title.")
      .max(200, "Keep the title under 200 characters."),
    // A document has a place in the views for each of its tags.
    tags: z
      .array(z.string().trim().min(1).max(40))
      .max(8, "Keep it to 8 tags.")
      .optional(),
    // Anything else would have nothing above or below it.
    rank: z
      .string()
      .max(200)
      .regex(RANK, "Move a card to give it a rank.")
      .optional(),
  }),
  views: {
    byTitle: { by: ["title"], fold: ["title"] },
    byDue: ["dueAt"],
    byStatusAndTitle: { by: ["status", "title"], fold: ["title"] },
    byStatusAndDue: ["status", "dueAt"],
    byTag: { each: "tags", by: ["updatedAt"] },
    board: ["status", "rank"],
  },
  search: ["title", "content"],
  trash: true,
  // Here nothing saves by itself, so each save is somebody's decision, and none a step on the way to the next.
  history: { coalesce: false },
  // An edit of what is published waits until it is published.
  workingCopy: true,
  sharing: true,
  // What else somebody acts as: their teams, and the address that they have verified, by which what is shared with it reaches
  // them. The demo's tokens are `customJwt`, which keeps the names of claims.
  principals: async (ctx, userId) => {
    const teams = await teamsOf(ctx, userId);
    const identity = await ctx.auth.getUserIdentity();
    return identity?.email && identity["email_verified"] === true
      ? [...teams, emailPrincipal(identity.email)]
      : teams;
  },
  // Strangers: when it is due and where it is on the board is for who works on it.
  readable: { public: ["title", "content", "summary", "tags"] },
  worker: writer,
  onChange: async (ctx: MutationCtx, change) => {
    // For the daily report. A row each: a counter that every write patches would make all writes conflict.
    const what = activityOf(change);
    if (what) await ctx.db.insert("activity", { what });
    // Deleted by whomever: its owner, a clean-up, the erasure of a person.
    const { before, after } = change;
    if (before && after === null) await forgetDerived(ctx, before._id);
  },
});

export const {
  create,
  get,
  list,
  listPublic,
  listTrash,
  search,
  count,
  update,
  publish,
  discardDraft,
  schedule,
  cancelSchedule,
  schedules,
  listRevisions,
  getRevision,
  revert,
  nameRevision,
  remove,
  restore,
  purge,
  batchCreate,
  batchUpdate,
  batchRemove,
  startBulk,
  bulkStatus,
  cancelBulk,
  can,
  share,
  unshare,
  leave,
  acceptInvitations,
  members,
  listShared,
  createLink,
  revokeLink,
} = docs.api();

/** What the HTTP routes read through: a query has the app's tables, an HTTP action has none. */
export const httpApi = docs.httpApi();
/** Makes new views known at a deploy: `npx convex run documents:buildViews`. */
export const buildViews = docs.buildViews();
/** Removes a view that is declared no more, before it goes by itself. */
export const dropView = docs.dropView();
export const viewStatus = docs.viewStatus();

/** Applies the schema and `onChange` in bulk operations. */
export const worker = docs.worker();

/** For internal steps such as a summary: any document, of any owner. */
export const getById = internalQuery({
  args: { id: v.string() },
  handler: (ctx, args) => docs.asSystem("internal step").get(ctx, args),
});

/** Writes a summary unless the document has changed since it was read. With what is published, so is its summary. */
export const updateSummary = internalMutation({
  args: {
    id: v.string(),
    summary: v.string(),
    ifVersion: v.optional(v.number()),
  },
  returns: v.object({ id: v.string(), version: v.number() }),
  handler: async (ctx, args) => {
    const system = docs.asSystem("internal step");
    const document = await system.get(ctx, { id: args.id });
    const isLive = document?.status === "published" && !document.hasDraft;
    return await system.update(
      ctx,
      { ...args, ...(isLive && { status: "published" }) },
      { reason: "Summarised" },
    );
  },
});
