/**
 * The history of the documents of one mount. `answers` is what the host's `access` has said about the document.
 *
 * @module
 */
import {
  paginationOptsValidator,
  paginationResultValidator,
} from "convex/server";
import { v } from "convex/values";
import * as history from "../model/history/read.js";
import { startExpire } from "../model/history/tasks.js";
import { vActor, vFields } from "../shared/documents.js";
import { vRevision, vRevisionContent } from "../shared/history.js";
import { vAnswers } from "../shared/roles.js";
import { mutation, query } from "./_generated/server.js";

const target = {
  actor: vActor,
  answers: v.optional(vAnswers),
  id: v.string(),
};

export const list = query({
  args: { ...target, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vRevision),
  handler: (ctx, { id, paginationOpts, ...who }) =>
    history.listRevisions(ctx, who, id, paginationOpts),
});

export const get = query({
  args: { ...target, version: v.number() },
  returns: v.union(v.null(), vRevisionContent),
  handler: (ctx, { id, version, ...who }) =>
    history.getRevision(ctx, who, id, version),
});

/** What a revert needs. */
export const source = query({
  args: { ...target, version: v.number() },
  returns: v.object({ version: v.number(), fields: vFields, content: vFields }),
  handler: (ctx, { id, version, ...who }) =>
    history.sourceOf(ctx, who, id, version),
});

export const name = mutation({
  args: {
    ...target,
    version: v.number(),
    name: v.union(v.string(), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { actor, answers, ...named }) => {
    await history.nameRevision(ctx, { actor, answers }, named);
    return null;
  },
});

/** Deletes one content, for the system. */
export const forget = mutation({
  args: { id: v.string(), version: v.number() },
  returns: v.null(),
  handler: async (ctx, { id, version }) => {
    await history.forgetRevision(ctx, id, version);
    return null;
  },
});

/** Starts to delete what was replaced before a time (ms). Returns whether it did: it does not while it is under way. */
export const expire = mutation({
  args: { before: v.number() },
  returns: v.boolean(),
  handler: (ctx, { before }) => startExpire(ctx, before),
});
