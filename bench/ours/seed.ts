/**
 * Many documents of one owner, at the speed of plain inserts.
 */
import type { GenericDataModel, GenericMutationCtx } from "convex/server";
import {
  entriesOf,
  toRow,
  type Source,
} from "../../src/model/views/entries.js";
import { toKept, type Registry } from "../../src/model/views/registry.js";
import { content } from "../document.js";
import { docs, type HostApp } from "./host.js";

/** Rows of one transaction: Convex takes 16,000, and 16 MiB of them. */
const ROWS_AT_ONCE = 1_000;

/** convex-test can run a handler inside a component; its types do not say so. */
type Inside = {
  runInComponent<T>(
    component: string,
    run: (ctx: GenericMutationCtx<GenericDataModel>) => Promise<T>,
  ): Promise<T>;
};

/** Puts so many drafts into the component: one as `create` writes it, the others after its model, with their places in views. */
export async function seed(
  app: HostApp,
  amount: number,
  create: (app: HostApp) => Promise<{ id: string }> = (app) =>
    app.write((ctx) => docs.create(ctx, content(0))),
): Promise<void> {
  const { id } = await create(app);
  const inside = app.root as unknown as Inside;
  const { model, registry } = await inside.runInComponent(
    "docs",
    async ({ db }) => ({
      model: await db.get("documents", id as never),
      registry: (await db.query("viewSets").first()) as Registry | null,
    }),
  );
  const { _id, _creationTime, ...row } = model ?? {};
  const views = (registry?.views ?? []).map(toKept);
  for (let from = 1; from < amount; from += ROWS_AT_ONCE) {
    const to = Math.min(amount, from + ROWS_AT_ONCE);
    await inside.runInComponent("docs", async (ctx) => {
      for (let n = from; n < to; n += 1) {
        // No two of the same time, as if each had been written on its own.
        app.clock.tick();
        const now = Date.now();
        const fields = { ...(row["fields"] as object), ...content(n) };
        const mark = row["createdAt"] === undefined ? {} : { createdAt: now };
        const fresh = { ...row, fields, updatedAt: now, ...mark };
        const made = await ctx.db.insert("documents", fresh);
        for (const entry of entriesOf(views, fresh as unknown as Source)) {
          const place = toRow(entry, made);
          await ctx.db.insert("entries", place);
        }
      }
      return null;
    });
  }
}
