/**
 * A cleanup written by hand with `.collect()`, as the documents grow.
 */
import type { Line } from "../area.js";
import { deploy } from "../engine/app.js";
import type { Clock } from "../engine/clock.js";
import { indexTables } from "../../dev/deployment/core/tables.js";
import { cleanUp, schema } from "./snippet.js";
import { row } from "./table.js";

/** Rows of one transaction. */
const ROWS_AT_ONCE = 1_000;

/** Bytes that it reads at each size, until it fails on one of Convex's limits. */
export async function measureCollect(
  clock: Clock,
  sizes: number[],
): Promise<Line> {
  const points: Line["points"] = [];
  for (const documents of sizes) {
    const bytes = await bytesToCleanUp(clock, documents);
    points.push({ documents, bytes });
    // What fails with ten thousand fails with more.
    if (bytes === null) break;
  }
  return { label: "cleanup by hand, with .collect()", points };
}

async function bytesToCleanUp(
  clock: Clock,
  documents: number,
): Promise<number | null> {
  const app = deploy(clock, schema);
  indexTables(app.root, "");
  for (let from = 0; from < documents; from += ROWS_AT_ONCE) {
    const to = Math.min(documents, from + ROWS_AT_ONCE);
    await app.write(async (ctx) => {
      for (let n = from; n < to; n += 1) {
        await ctx.db.insert("documents", row(n));
      }
      return null;
    });
  }
  clock.tick();
  try {
    const { bytesRead } = await app.mutation((ctx) => cleanUp(ctx, Date.now()));
    return bytesRead;
  } catch (error) {
    if (
      error instanceof Error &&
      /This is a Convex limit/.test(error.message)
    ) {
      return null;
    }
    throw error;
  }
}
