/**
 * What the next deploy of an app adds: an order of the documents that are there.
 *
 * @module
 */
import { Docs } from "@acme/convex-docs";
import { v } from "convex/values";
import { components } from "../../../example/convex/_generated/api.js";

const drawers = new Docs(components.docs, {
  fields: { title: v.string(), content: v.string() },
  identify: async (ctx) =>
    (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
  views: { drawer: ["status", "title"] },
});

export const { create, update, remove, list } = drawers.api();
export const buildViews = drawers.buildViews();
