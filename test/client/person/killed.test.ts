/**
 * An erasure whose every step is lost once, in each way in which a deployment loses one.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import { internal } from "../../../src/component/_generated/api.js";
import { HOLDINGS } from "../../../src/model/person/holdings.js";
import { inComponent } from "../../support/component.js";
import type { Deployment } from "../../support/host.js";
import {
  deployLarge,
  everything,
  MAIL,
  PERSON,
  populate,
  START,
  system,
  traces,
} from "../../support/person.js";

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

/** As in a deployment: 2,000, 20 and 400. */
const DOCUMENTS = Number(process.env["ERASE_DOCUMENTS"] ?? 12);
const REVISIONS = Number(process.env["ERASE_REVISIONS"] ?? 40);
const OTHERS = Number(process.env["ERASE_OTHERS"] ?? 4);

const STEP = "docs:engine:step";
type Faulty = ReturnType<typeof deploymentOf>;

/** How a step is lost. `isKept`: the transaction is tried again at once. `isLate`: only the hourly look finds out. */
const LOSSES: {
  name: string;
  lose: (deployment: Faulty) => unknown;
  isKept?: true;
  isLate?: true;
}[] = [
  {
    name: "a conflict, again and again",
    lose: (deployment) => deployment.conflict(STEP, 4),
    isKept: true,
  },
  {
    name: "a time limit before its work",
    lose: (deployment) => deployment.timeout(STEP, 100, "before"),
  },
  {
    name: "a time limit behind its work",
    lose: (deployment) => deployment.timeout(STEP, 100, "after"),
  },
  {
    name: "its timer, and all others",
    lose: (deployment) => deployment.cancelAllScheduled(),
    isLate: true,
  },
  {
    name: "a backup that is restored into another deployment",
    lose: (deployment) => deployment.importElsewhere(),
    isLate: true,
  },
];

/** How far the erasure is, as it is stored. */
const progress = (t: Deployment, runId: string) =>
  inComponent(t, async (ctx) => {
    const id = ctx.db.normalizeId("tasks", runId)!;
    const { state, cursor, counts } = (await ctx.db.get("tasks", id))!;
    return JSON.stringify([state, cursor, counts]);
  });

test.each(LOSSES)(
  "each step of it lost once by $name, it goes on and leaves nothing",
  async ({ lose, isKept = false, isLate = false }) => {
    const t = deployLarge();
    const { others, given } = await populate(t, DOCUMENTS, REVISIONS, OTHERS);
    const deployment = deploymentOf(t);
    const { runId } = await t.mutation((ctx) =>
      system.erase(ctx, { userId: PERSON, principals: [MAIL] }),
    );
    const receipt = () => t.query((ctx) => system.erasure(ctx, { runId }));
    const pass = async (ms: number) => {
      vi.advanceTimersByTime(ms);
      await t.finishInProgressScheduledFunctions();
    };
    const lostAt = new Set<string>();
    let steps = 0;
    for (; ; steps += 1) {
      const state = await receipt();
      if (state?.state !== "running") break;
      expect(steps).toBeLessThan(20 * (DOCUMENTS + OTHERS));
      const before = await progress(t, runId);
      await lose(deployment);
      await pass(1_000);
      if (!isKept && (await progress(t, runId)) === before)
        lostAt.add(state.stage ?? "");
      deployment.timeout(STEP, 0);
      // Nobody but the engine's own clock comes to its help.
      if (isLate) {
        await pass(3_600_000);
        await inComponent(t, (ctx) =>
          ctx.runMutation(internal.engine.look, {}),
        );
      }
      for (
        let late = 0;
        late < 5 && (await progress(t, runId)) === before;
        late += 1
      )
        await pass(20_000);
    }
    const stages = [...HOLDINGS.map(({ name }) => name), "clean-up"];
    if (!isKept) expect([...lostAt].sort()).toEqual(stages.sort());
    expect(await receipt()).toMatchObject({
      state: "done",
      failed: 0,
      counts: { documents: DOCUMENTS, grants: 2 * OTHERS, plans: 1, bulk: 1 },
    });
    expect(await traces(t, PERSON)).toEqual([]);
    expect(await traces(t, MAIL)).toEqual([]);
    const { documents, revisions, tasks } = await everything(t);
    // What is others' is there, each with its content, and no clean-up is left.
    expect(documents.map(({ _id }) => _id)).toEqual([...others, given]);
    const kept = new Set<unknown>([...others, given]);
    const gone = revisions.filter(({ documentId }) => !kept.has(documentId));
    expect(gone).toEqual([]);
    const kinds = tasks.map(({ kind }) => kind);
    expect(kinds).not.toContain("history.forget");
    expect(kinds).not.toContain("grants.removal");
  },
  30 * 60_000,
);
