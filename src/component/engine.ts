/**
 * What looks after background work.
 *
 * @module
 */
import { v } from "convex/values";
import { runTaskStep } from "../model/engine/runTask.js";
import * as rescue from "../model/engine/rescue.js";
import { internalMutation } from "./_generated/server.js";

/** Each minute while work is in flight. */
export const tick = internalMutation({
  args: {},
  returns: v.null(),
  handler: (ctx) => rescue.tick(ctx),
});

/** Each hour. */
export const look = internalMutation({
  args: {},
  returns: v.null(),
  handler: (ctx) => rescue.look(ctx),
});

/** Soon after the host has declared a function anew. */
export const wake = internalMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: (ctx, { name }) => rescue.wake(ctx, name),
});

/** One attempt to make a step of a task. */
export const step = internalMutation({
  args: { id: v.id("tasks"), attempt: v.number() },
  returns: v.null(),
  handler: (ctx, { id, attempt }) => runTaskStep(ctx, id, attempt),
});
