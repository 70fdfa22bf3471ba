/**
 * What is asked for of documents and people by law, in one mount. All of it is the system's.
 *
 * @module
 */
import { v } from "convex/values";
import { setHold } from "../model/person/hold.js";
import { findErasure, startErasure } from "../model/person/erase.js";
import { exportPage } from "../model/person/export.js";
import { vHostFunction } from "../shared/functions.js";
import { vErasure, vExportPage, vPerson } from "../shared/person.js";
import { mutation, query } from "./_generated/server.js";

/** Holds a document, or releases it. */
export const hold = mutation({
  args: { id: v.string(), held: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { id, held }) => {
    await setHold(ctx, id, held);
    return null;
  },
});

/** Starts to erase a person, unless that is under way. Returns the id of the run. */
export const erase = mutation({
  args: { person: vPerson, worker: v.optional(vHostFunction) },
  returns: v.string(),
  handler: (ctx, { person, worker }) => startErasure(ctx, person, worker),
});

/** How far an erasure is: of a run, or the last of a person. */
export const erasure = query({
  args: { runId: v.optional(v.string()), userId: v.optional(v.string()) },
  returns: v.union(v.null(), vErasure),
  handler: findErasure,
});

/** A page of what there is of a person. */
export const read = query({
  args: { person: vPerson, cursor: v.union(v.null(), v.string()) },
  returns: vExportPage,
  handler: (ctx, { person, cursor }) => exportPage(ctx, person, cursor),
});
