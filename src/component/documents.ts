/**
 * The documents of one mount. Public in Convex's sense means callable by the host that mounted the component, never by a
 * client: who acts is the host's word, given with each call.
 *
 * @module
 */
import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";
import { writeAll } from "../model/batch.js";
import * as document from "../model/document.js";
import * as listing from "../model/list.js";
import { parseShape } from "../shared/shape.js";
import {
  vActor,
  vChange,
  vDocument,
  vDraft,
  vMode,
  vOrder,
  vOutcome,
  vPage,
  vRemoval,
  vScope,
  vStatus,
} from "../shared/validators.js";
import { mutation, query } from "./_generated/server.js";

export const create = mutation({
  args: { actor: vActor, mode: vMode, shape: v.string(), items: v.array(vDraft) },
  returns: v.array(vOutcome),
  handler: async (ctx, { actor, mode, shape, items }) => {
    const fields = parseShape(shape);
    return await writeAll(actor, mode, items, (draft) =>
      document.planCreate(ctx, actor, fields, draft),
    );
  },
});

export const update = mutation({
  args: { actor: vActor, mode: vMode, shape: v.string(), items: v.array(vChange) },
  returns: v.array(vOutcome),
  handler: async (ctx, { actor, mode, shape, items }) => {
    const fields = parseShape(shape);
    return await writeAll(actor, mode, items, (change) =>
      document.planUpdate(ctx, actor, fields, change),
    );
  },
});

export const remove = mutation({
  args: { actor: vActor, mode: vMode, items: v.array(vRemoval) },
  returns: v.array(vOutcome),
  handler: async (ctx, { actor, mode, items }) =>
    await writeAll(actor, mode, items, (removal) =>
      document.planRemove(ctx, actor, removal),
    ),
});

export const get = query({
  args: { actor: vActor, id: v.string() },
  returns: v.union(v.null(), vDocument),
  handler: async (ctx, { actor, id }) => await document.read(ctx, actor, id),
});

export const list = query({
  args: {
    actor: vActor,
    scope: vScope,
    /** Whose documents: for the system only. A user's own are the user's. */
    ownerId: v.optional(v.string()),
    status: v.optional(vStatus),
    order: vOrder,
    paginationOpts: paginationOptsValidator,
  },
  returns: vPage,
  handler: async (ctx, args) => await listing.list(ctx, args),
});
