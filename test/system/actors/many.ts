/**
 * What a person does to many documents at once.
 */
import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { Lost } from "../world.js";
import { contentOf } from "./holdings.js";
import { change, idsOf, must, mustNot, type Life } from "./life.js";

const { documents } = api;

/** How long a bulk job may take, in ms: far longer than it does. */
const PATIENCE = 20_000;

/** Some of one's own with somebody else's among them, each for itself. */
export async function partly(life: Life): Promise<void> {
  const ids = some(life);
  const foreign = strangers(life);
  const title = `${life.who.name} batch ${++life.stamp}`;
  const all = [...ids, ...foreign];
  if (all.length === 0) return;
  const { results, succeeded } = await must(life, "batch, partial", () =>
    life.client.mutation(documents.batchUpdate, {
      ids: all,
      updates: { title },
      mode: "partial",
    }),
  );
  for (const id of ids) change(life, id, { title });
  expect(succeeded).toBe(ids.length);
  expect(results.map(({ ok }) => ok)).toEqual([
    ...ids.map(() => true),
    ...foreign.map(() => false),
  ]);
}

/** With somebody else's among them nothing is written, and without it everything. */
export async function allOrNothing(life: Life): Promise<void> {
  const ids = some(life);
  const [foreign] = strangers(life);
  if (ids.length === 0) return;
  const title = `${life.who.name} batch ${++life.stamp}`;
  if (foreign !== undefined) {
    await mustNot(life, "batch, atomic", ["BATCH_FAILED"], () =>
      life.client.mutation(documents.batchUpdate, {
        ids: [...ids, foreign],
        updates: { title },
      }),
    );
  }
  await must(life, "batch, atomic", () =>
    life.client.mutation(documents.batchUpdate, { ids, updates: { title } }),
  );
  for (const id of ids) change(life, id, { title });
}

/** Every draft is archived, in the background. */
export async function bulk(life: Life): Promise<void> {
  const drafts = idsOf(life).filter(
    (id) => life.held.get(id)!.status === "draft",
  );
  const stamp = String(++life.stamp);
  const stage = { status: "archived", isPublic: false } as const;
  const content = contentOf(life.who.name, stage, stamp);
  const { jobId } = await life.world.hold(() =>
    must(life, "bulk job", () =>
      life.client.mutation(documents.startBulk, {
        operation: "update",
        updates: { ...stage, content },
        where: { status: "draft" },
      }),
    ),
  );
  const job = await finished(life, jobId);
  expect(job).toMatchObject({
    state: "done",
    done: drafts.length,
    failed: 0,
    failures: [],
  });
  for (const id of drafts) change(life, id, { ...stage, content });
}

async function finished(life: Life, jobId: string) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    try {
      const job = await must(life, "bulk status", () =>
        life.client.query(documents.bulkStatus, { jobId }),
      );
      if (job?.state !== "running") return job;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
    await setTimeout(30);
  }
  throw new Error(`The bulk job was not done within ${PATIENCE} ms.`);
}

/** A few of one's own documents, which the call that follows may change. */
function some(life: Life): string[] {
  const ids = idsOf(life);
  const count = Math.min(ids.length, 1 + life.random.below(8));
  const from = life.random.below(ids.length - count + 1);
  const chosen = ids.slice(from, from + count);
  life.touched.push(...chosen);
  return chosen;
}

/** A few documents of others, whatever has become of them. */
export function strangers(life: Life): string[] {
  const foreign = life.world.ids.filter((id) => !life.held.has(id));
  if (foreign.length === 0) return [];
  const chosen = [life.random.pick(foreign), life.random.pick(foreign)];
  return [...new Set(chosen)];
}
