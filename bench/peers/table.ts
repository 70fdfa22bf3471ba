/**
 * The table that an app declares for its documents when it keeps them itself.
 */
import { v } from "convex/values";
import { content } from "../document.js";
import { USER } from "../engine/app.js";

export const columns = {
  title: v.string(),
  content: v.string(),
  isPublic: v.boolean(),
  status: v.union(
    v.literal("draft"),
    v.literal("published"),
    v.literal("archived"),
  ),
  ownerId: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
};

/** The n-th row, as the signed-in user's. */
export function row(n: number) {
  const now = Date.now();
  return {
    ...content(n),
    isPublic: false,
    status: "draft" as const,
    ownerId: USER,
    createdAt: now,
    updatedAt: now,
  };
}
