/**
 * Many documents of one owner, at the speed of plain inserts.
 */
import type { GenericDataModel, GenericMutationCtx } from "convex/server";
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

/** Puts so many drafts into the component: one as `create` writes it, the others after its model. */
export async function seed(app: HostApp, amount: number): Promise<void> {
  const { id } = await app.write((ctx) => docs.create(ctx, content(0)));
  const inside = app.root as unknown as Inside;
  const model = await inside.runInComponent("docs", (ctx) =>
    ctx.db.get("documents", id as never),
  );
  const { _id, _creationTime, ...row } = model ?? {};
  for (let from = 1; from < amount; from += ROWS_AT_ONCE) {
    const to = Math.min(amount, from + ROWS_AT_ONCE);
    await inside.runInComponent("docs", async (ctx) => {
      for (let n = from; n < to; n += 1) {
        // No two of the same time, as if each had been written on its own.
        app.clock.tick();
        const fresh = { fields: content(n), updatedAt: Date.now() };
        await ctx.db.insert("documents", { ...row, ...fresh });
      }
      return null;
    });
  }
}
