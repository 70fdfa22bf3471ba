import { expect, test } from "vitest";
import crons from "../../../example/convex/crons.js";
import { cronsOf, nextRun } from "../../../dev/deployment/core/crons.js";

const modules = import.meta.glob<Record<string, unknown>>(
  "../../../example/convex/*.ts",
);

test("each cron names a function that is there, at its interval", async () => {
  const entries = cronsOf(crons);
  for (const { name } of entries) {
    const [module, exported] = name.split(":");
    const loaded = await modules[`../../../example/convex/${module}.ts`]!();
    expect(loaded[exported!], name).toBeTypeOf("function");
  }
  const now = Date.parse("2026-11-24T10:00:00Z");
  const due = Object.fromEntries(
    entries.map(({ name, schedule }) => [
      name,
      new Date(nextRun(schedule, now)).toISOString(),
    ]),
  );
  expect(due).toEqual({
    "retention:cleanupOldDrafts": "2026-11-24T11:00:00.000Z",
    "retention:purgeTrash": "2026-11-25T03:20:00.000Z",
    "retention:pruneHistory": "2026-11-25T03:40:00.000Z",
    "analytics:dailyReport": "2026-11-25T00:00:00.000Z",
    "sync:pullUpdates": "2026-11-24T10:05:00.000Z",
  });
});
