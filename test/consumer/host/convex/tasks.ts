import { Docs, type DocsWorker } from "@acme/convex-docs";
import { v } from "convex/values";
import * as z from "zod";
import { components, internal } from "./_generated/api";

const writer: DocsWorker = internal.tasks.worker;

// Mounted with app.use(docs, { name: "tasks" }).
export const tasks = new Docs(components.tasks, {
  fields: { title: v.string(), assignee: v.optional(v.string()) },
  identify: async (ctx) =>
    (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
  // What validators cannot say. What the schema makes of a value is what is stored.
  schema: z.object({ title: z.string().trim().min(1, "Give it a title.") }),
  // Sharing, roles, an authorization component: widens or narrows what the owner check says.
  access: (_ctx, { operation, document, userId, byDefault }) =>
    byDefault || (operation === "update" && document.assignee === userId),
  // Runs in the same transaction as the change. A throw undoes the change.
  onChange: (_ctx, { operation, before, after }) => {
    console.log(operation, before?.version, after?.version);
  },
  search: ["title"],
  trash: true,
  // Bulk operations apply these rules here, in the background.
  worker: writer,
});

export const worker = tasks.worker();
