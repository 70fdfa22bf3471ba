/**
 * The documents of one mount. A public function of a component can be called by the host that mounted it, never by a client:
 * the host passes the actor with each call.
 *
 * Every write takes one item or many, and returns one outcome per item, in order.
 *
 * @module
 */
import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";
import { getPermissions } from "../model/documents/permission.js";
import * as plan from "../model/documents/plan.js";
import * as read from "../model/documents/read.js";
import * as unsettled from "../model/documents/unsettled.js";
import { writeAll } from "../model/documents/write.js";
import { countView, findInView, listView } from "../model/views/page.js";
import { ownerOf } from "../shared/access.js";
import {
  vActor,
  vChange,
  vCopy,
  vCounted,
  vDocument,
  vDraft,
  vLoaded,
  vOrder,
  vOutcome,
  vPage,
  vScope,
  vStatus,
  vTarget,
  vTransfer,
  writeArgs,
} from "../shared/documents.js";
import { fail } from "../shared/failures.js";
import { vHead } from "../shared/history.js";
import { vPlanned } from "../shared/plans.js";
import { vGranted } from "../shared/sharing.js";
import { vViewRequest } from "../shared/views.js";
import { vAnswers, vCanOperation, vPermission } from "../shared/roles.js";
import { mutation, query } from "./_generated/server.js";

const outcomes = v.array(vOutcome);
const targets = { ...writeArgs, items: v.array(vTarget) };

export const create = mutation({
  args: { ...writeArgs, items: v.array(vDraft) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planCreate),
});

export const update = mutation({
  args: { ...writeArgs, items: v.array(vChange) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planUpdate),
});

/** Publishes what a document is. */
export const publish = mutation({
  args: { ...writeArgs, items: v.array(vChange) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planPublish),
});

/** Takes off what is published. */
export const unpublish = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planUnpublish),
});

/** Makes a document what is published of it. */
export const discard = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planDiscard),
});

/** An update that brings back what a document contained. */
export const revert = mutation({
  args: { ...writeArgs, items: v.array(vChange) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planRevert),
});

/** Deletes for good what is not in the trash. */
export const remove = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planDelete),
});

export const trash = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planTrash),
});

export const restore = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planRestore),
});

/** Deletes for good what is in the trash. */
export const purge = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planPurge),
});

export const transfer = mutation({
  args: { ...writeArgs, items: v.array(vTransfer) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, plan.planTransfer),
});

/** Finishes what unsettled writes have left. */
export const settle = mutation({
  args: { ids: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { ids }) => {
    await unsettled.settle(ctx, ids);
    return null;
  },
});

/** Takes away what an unsettled transfer leaves to nobody. Returns what was changed. */
export const handOver = mutation({
  args: { id: v.string() },
  returns: v.array(vGranted),
  handler: unsettled.finishTransfer,
});

/** Takes unsettled writes back, in this order. */
export const undo = mutation({
  args: {
    rules: v.string(),
    writes: v.array(
      v.object({
        id: v.string(),
        before: v.union(v.null(), vDocument),
        head: v.optional(vHead),
        copy: v.optional(vCopy),
        planned: v.optional(vPlanned),
      }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { rules, writes }) => {
    await unsettled.undo(ctx, rules, writes);
    return null;
  },
});

/** The versions of documents, whoever may see them. */
export const versions = query({
  args: { ids: v.array(v.string()) },
  returns: v.array(v.union(v.null(), v.number())),
  handler: (ctx, { ids }) => read.getVersions(ctx, ids),
});

/** One document per id, in order; `null` for one that this actor may not read. */
export const get = query({
  args: {
    actor: vActor,
    ids: v.array(v.string()),
    workingCopy: v.optional(v.boolean()),
  },
  returns: v.array(v.union(v.null(), vDocument)),
  handler: (ctx, { actor, ids, workingCopy }) =>
    read.getDocuments(ctx, actor, ids, workingCopy),
});

/** What everybody sees of documents that are ahead, in order; `null` for any other. */
export const copies = query({
  args: { ids: v.array(v.string()) },
  returns: v.array(v.union(v.null(), vDocument)),
  handler: (ctx, { ids }) => read.getCopies(ctx, ids),
});

/** Whether this actor may do something: one answer per id, in order. */
export const can = query({
  args: {
    actor: vActor,
    ids: v.array(v.string()),
    operation: vCanOperation,
    /** What an update would send. */
    names: v.array(v.string()),
    rules: v.string(),
    answers: v.optional(v.array(vAnswers)),
  },
  returns: v.array(vPermission),
  handler: (ctx, question) => getPermissions(ctx, question),
});

/** One place per id, in order, for the host's `access` to judge. For a batch, with what its transaction has to have left. */
export const load = query({
  args: {
    actor: vActor,
    ids: v.array(v.string()),
    allowance: v.optional(
      v.object({ largest: v.number(), uncounted: v.number() }),
    ),
    workingCopy: v.optional(v.boolean()),
  },
  returns: v.array(vLoaded),
  handler: (ctx, { actor, ids, allowance, workingCopy: hasCopies }) =>
    read.loadDocuments(ctx, actor, ids, { allowance, hasCopies }),
});

/** A document by its owner and key. */
export const getByKey = query({
  args: { actor: vActor, ownerId: v.optional(v.string()), key: v.string() },
  returns: v.union(v.null(), vDocument),
  handler: async (ctx, { actor, ownerId, key }) => {
    const owner = ownerOf(actor, ownerId);
    if (owner.refusal) throw fail(owner.refusal);
    if (owner.role === null) return null;
    return await read.readAs(
      ctx,
      actor,
      await read.findDocumentByKey(ctx, owner.ownerId, key),
    );
  },
});

/** The oldest document of its owner with these values of a unique view's keys. */
export const getBy = query({
  args: {
    actor: vActor,
    ownerId: v.optional(v.string()),
    view: vViewRequest,
  },
  returns: v.union(v.null(), vDocument),
  handler: async (ctx, { actor, ownerId, view }) => {
    const whose = ownerId === undefined ? {} : { ownerId };
    const listing = read.listingOf(actor, { scope: "own", ...whose });
    return await read.readAs(ctx, actor, await findInView(ctx, listing, view));
  },
});

/** Which documents to read, and as which actor. */
const selection = {
  actor: vActor,
  scope: vScope,
  /** Default: the user. */
  ownerId: v.optional(v.string()),
  status: v.optional(vStatus),
  /** Whether documents may be ahead of what is published of them. */
  workingCopy: v.optional(v.boolean()),
};

/** By a view, and what is asked of it. Absent: by last change. */
const byView = { view: v.optional(vViewRequest) };

export const list = query({
  args: {
    ...selection,
    ...byView,
    order: vOrder,
    paginationOpts: paginationOptsValidator,
  },
  returns: vPage,
  handler: (ctx, { actor, order, paginationOpts, view, ...which }) => {
    const listing = read.listingOf(actor, which);
    return view === undefined
      ? read.listDocuments(ctx, listing, order, paginationOpts)
      : listView(ctx, listing, view, order, paginationOpts);
  },
});

export const count = query({
  args: { ...selection, ...byView, upTo: v.number() },
  returns: vCounted,
  handler: (ctx, { actor, upTo, view, ...which }) => {
    const listing = read.listingOf(actor, which);
    return view === undefined
      ? read.countDocuments(ctx, listing, upTo)
      : countView(ctx, listing, view, upTo);
  },
});

export const search = query({
  args: {
    ...selection,
    query: v.string(),
    limit: v.number(),
  },
  returns: v.array(vDocument),
  handler: (ctx, { actor, query: text, limit, ...which }) =>
    read.searchDocuments(ctx, read.listingOf(actor, which), text, limit),
});
