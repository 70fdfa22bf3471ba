// @vitest-environment node
// Not the edge runtime of the other tests: it takes twice as long for the same calls, and this is about many of them.
/**
 * Random users, documents and calls, against a reference model: nobody reads what they may not see or writes what is not
 * theirs, no update is lost under `ifVersion`, "not yours" and "not there" are one answer, versions count exactly the
 * changes, batches are all or nothing or item by item, pages walk everything once, keys are unique.
 *
 * `NUM_RUNS=10000 npx vitest run --project=unit test/model/sequences` for more than the usual; `SEED=…` to repeat.
 */
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  born,
  command,
  type Born,
  type Command,
} from "../../support/sequences/commands.js";
import { read } from "../../support/sequences/reads.js";
import { START, World } from "../../support/sequences/world.js";
import { write } from "../../support/sequences/writes.js";

const { NUM_RUNS, SEED } = import.meta.env as Record<string, string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function run(hooked: boolean, population: Born[], commands: Command[]) {
  vi.setSystemTime(START);
  const world = new World(hooked);
  await world.populate(population);
  await world.t.mutation(async (ctx) => {
    for (const { ticks, call } of commands) {
      world.reference.now += ticks;
      vi.setSystemTime(world.reference.now);
      if (call.do === "write") await write(world, ctx, call);
      else await read(world, ctx, call);
    }
  });
  await world.compareRows();
}

test.each([
  ["as it is", false],
  ["with hooks that let everything through", true],
])(
  "the documents do what the reference does, %s",
  async (_, hooked) => {
    const started = performance.now();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(born, { minLength: 1, maxLength: 6 }),
        fc.array(command, { minLength: 1, maxLength: 8 }),
        async (population, commands) => {
          runs++;
          await run(hooked, population, commands);
        },
      ),
      {
        numRuns: Number(NUM_RUNS ?? 250),
        ...(SEED ? { seed: Number(SEED) } : {}),
      },
    );
    const seconds = (performance.now() - started) / 1000;
    console.log(`${runs} sequences in ${seconds.toFixed(1)} s`);
    expect(runs).toBeGreaterThan(0);
  },
  600_000,
);
