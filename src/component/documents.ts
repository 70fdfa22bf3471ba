/**
 * The documents of one mount. Public in Convex's sense means callable by the host that mounted the component, never by a
 * client: who acts is the host's word, given with each call.
 *
 * Every write takes one item or many, and answers with one outcome an item, in order.
 *
 * @module
 */
import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";
import * as document from "../model/documents/read.js";
import * as listing from "../model/documents/read.js";
import { listingOf } from "../model/documents/read.js";
import { writeAll } from "../model/documents/write.js";
import * as verbs from "../model/documents/writes.js";
import { ownerOf } from "../shared/access.js";
import {
  vActor,
  vChange,
  vCounted,
  vDocument,
  vDraft,
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
import { mutation, query } from "./_generated/server.js";

const outcomes = v.array(vOutcome);
const targets = { ...writeArgs, items: v.array(vTarget) };

export const create = mutation({
  args: { ...writeArgs, items: v.array(vDraft) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planCreate),
});

export const update = mutation({
  args: { ...writeArgs, items: v.array(vChange) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planUpdate),
});

/** Deletes for good what is not in the trash. */
export const remove = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planDelete),
});

export const trash = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planTrash),
});

export const restore = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planRestore),
});

/** Deletes for good what is in the trash. */
export const purge = mutation({
  args: targets,
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planPurge),
});

export const transfer = mutation({
  args: { ...writeArgs, items: v.array(vTransfer) },
  returns: outcomes,
  handler: (ctx, call) => writeAll(ctx, call, verbs.planTransfer),
});

/** One document an id, at the id's place; `null` for what this actor may not see. */
export const get = query({
  args: { actor: vActor, ids: v.array(v.string()) },
  returns: v.array(v.union(v.null(), vDocument)),
  handler: (ctx, { actor, ids }) => listing.getDocuments(ctx, actor, ids),
});

/** A document by its owner's own name for it. */
export const getByKey = query({
  args: { actor: vActor, ownerId: v.optional(v.string()), key: v.string() },
  returns: v.union(v.null(), vDocument),
  handler: async (ctx, { actor, ownerId, key }) => {
    const owner = ownerOf(actor, ownerId);
    if (owner.refusal) throw fail(owner.refusal);
    return document.readAs(
      actor,
      await document.findDocumentByKey(ctx, owner.ownerId, key),
    );
  },
});

/** Which documents a reading call means, and as whom. */
const selection = {
  actor: vActor,
  scope: vScope,
  /** Whose documents: said by the system only. A user's own are the user's. */
  ownerId: v.optional(v.string()),
  status: v.optional(vStatus),
};

export const list = query({
  args: {
    ...selection,
    order: vOrder,
    paginationOpts: paginationOptsValidator,
  },
  returns: vPage,
  handler: (ctx, { actor, order, paginationOpts, ...which }) =>
    listing.listDocuments(ctx, listingOf(actor, which), order, paginationOpts),
});

export const count = query({
  args: { ...selection, upTo: v.number() },
  returns: vCounted,
  handler: (ctx, { actor, upTo, ...which }) =>
    listing.countDocuments(ctx, listingOf(actor, which), upTo),
});

export const search = query({
  args: { ...selection, query: v.string(), limit: v.number() },
  returns: v.array(vDocument),
  handler: (ctx, { actor, query: text, limit, ...which }) =>
    listing.searchDocuments(ctx, listingOf(actor, which), text, limit),
});
