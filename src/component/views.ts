/**
 * The views of one mount, for operators. Reading along them is in `documents`.
 *
 * @module
 */
import { v } from "convex/values";
import * as operator from "../model/views/operator.js";
import { vViewStatus } from "../shared/views.js";
import { mutation, query } from "./_generated/server.js";

/** Registers the views that these rules declare, and builds what has to be built. */
export const build = mutation({
  args: { rules: v.string(), again: v.boolean() },
  returns: v.array(vViewStatus),
  handler: (ctx, { rules, again }) => operator.buildViews(ctx, rules, again),
});

/** Removes the views of this name that these rules do not declare. Returns how many. */
export const drop = mutation({
  args: { rules: v.string(), view: v.string() },
  returns: v.number(),
  handler: (ctx, { rules, view }) => operator.dropView(ctx, rules, view),
});

export const status = query({
  args: { rules: v.string() },
  returns: v.array(vViewStatus),
  handler: (ctx, { rules }) => operator.viewStatus(ctx, rules),
});
