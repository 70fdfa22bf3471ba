/**
 * Which views are kept up. One row, read by every write that may move an entry: what registers a view conflicts with each write
 * that does not know of it, so none is missed.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type { QueryCtx } from "../../component/_generated/server.js";
import type { KeptView, ViewDefinition } from "../../shared/views.js";

export type Registry = Doc<"viewSets">;
export type RegisteredView = Registry["views"][number];

/** What is kept up; `null` where no code has ever declared a view. */
export async function findRegistry(ctx: QueryCtx): Promise<Registry | null> {
  return await ctx.db.query("viewSets").first();
}

/** A registered view as what its entries are made by. */
export function toKept({ id, definition }: RegisteredView): KeptView {
  return { ...(JSON.parse(definition) as ViewDefinition), id };
}
