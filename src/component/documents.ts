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
import { writeAll } from "../model/batch.js";
import * as document from "../model/document.js";
import * as listing from "../model/list.js";
import { listingOf } from "../model/listing.js";
import * as verbs from "../model/verbs.js";
import { ownerOf } from "../shared/access.js";
import { fail } from "../shared/failures.js";
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
} from "../shared/validators.js";
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
  handler: (ctx, { actor, ids }) => listing.getMany(ctx, actor, ids),
});

/** A document by its owner's own name for it. */
export const getByKey = query({
  args: { actor: vActor, ownerId: v.optional(v.string()), key: v.string() },
  returns: v.union(v.null(), vDocument),
  handler: async (ctx, { actor, ownerId, key }) => {
    const owner = ownerOf(actor, ownerId);
    if (owner.refusal) throw fail(owner.refusal);
    return document.show(
      actor,
      await document.findByKey(ctx, owner.ownerId, key),
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
    listing.listPage(ctx, listingOf(actor, which), order, paginationOpts),
});

export const count = query({
  args: { ...selection, upTo: v.number() },
  returns: vCounted,
  handler: (ctx, { actor, upTo, ...which }) =>
    listing.count(ctx, listingOf(actor, which), upTo),
});

export const search = query({
  args: { ...selection, query: v.string(), limit: v.number() },
  returns: v.array(vDocument),
  handler: (ctx, { actor, query: text, limit, ...which }) =>
    listing.search(ctx, listingOf(actor, which), text, limit),
});
