/**
 * The sharing of the documents of one mount. As in `documents.ts`, the host passes the actor with each call.
 *
 * @module
 */
import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";
import { accept as acceptInvitations } from "../model/sharing/invitations.js";
import * as links from "../model/sharing/links.js";
import * as model from "../model/sharing/share.js";
import { listShared } from "../model/sharing/shared.js";
import { vActor, vOrder } from "../shared/documents.js";
import {
  sharingArgs,
  vAccepted,
  vGift,
  vGranted,
  vMembers,
  vNewLink,
  vSharedPage,
} from "../shared/sharing.js";
import { mutation, query } from "./_generated/server.js";

/**
 * Gives roles, all of them or none. Returns what was changed, with what was there before. `listed`: whether they stood in a list,
 * where a refusal says which of them it means.
 */
export const share = mutation({
  args: { ...sharingArgs, gifts: v.array(vGift), listed: v.boolean() },
  returns: v.array(vGranted),
  handler: model.share,
});

/** Takes a role away. Returns what was changed. */
export const unshare = mutation({
  args: { ...sharingArgs, principal: v.string() },
  returns: v.array(vGranted),
  handler: model.unshare,
});

/** Gives up what was given to the actor themselves. Returns what was changed. */
export const leave = mutation({
  args: sharingArgs,
  returns: v.array(vGranted),
  handler: model.leave,
});

/** Turns invitations to the actor's e-mail addresses into roles of the actor's. Returns what was changed, by document. */
export const accept = mutation({
  args: { actor: vActor },
  returns: vAccepted,
  handler: acceptInvitations,
});

/** Makes a link. The host keeps its token, and gives its hash. Returns what was changed. */
export const createLink = mutation({
  args: { ...sharingArgs, ...vNewLink.fields, hash: v.string() },
  returns: v.array(vGranted),
  handler: links.createLink,
});

/** Ends a link. Returns what was changed. */
export const revokeLink = mutation({
  args: { ...sharingArgs, linkId: v.string() },
  returns: v.array(vGranted),
  handler: links.revokeLink,
});

/** Takes changes back that the host's `onShare` has refused. */
export const undo = mutation({
  args: { id: v.string(), changes: v.array(vGranted) },
  returns: v.null(),
  handler: async (ctx, { id, changes }) => {
    await model.undo(ctx, id, changes);
    return null;
  },
});

export const members = query({
  args: sharingArgs,
  returns: vMembers,
  handler: model.getMembers,
});

export const list = query({
  args: {
    actor: vActor,
    order: vOrder,
    paginationOpts: paginationOptsValidator,
  },
  returns: vSharedPage,
  handler: (ctx, { actor, order, paginationOpts }) =>
    listShared(ctx, actor, order, paginationOpts),
});
