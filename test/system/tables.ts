/**
 * What lies in the component's tables, past everything that is asked through functions.
 */
import type { Value } from "convex/values";
import type { World } from "./world.js";

export type Row = Record<string, Value | undefined> & { _id: string };

/** Every row of a table of the component. */
export async function rowsOf(world: World, table: string): Promise<Row[]> {
  const rows = await world.deployment.engine.run(
    (ctx) => ctx.db.query(table).take(10_000),
    "docs",
  );
  return rows as Row[];
}

/** What the component's scheduler has run, or is to run. */
export async function scheduled(
  world: World,
): Promise<{ name: string; state: string }[]> {
  const jobs = await world.deployment.engine.run(
    (ctx) => ctx.db.system.query("_scheduled_functions").take(30_000),
    "docs",
  );
  return jobs.map(({ name, state }) => ({ name, state: state.kind }));
}
