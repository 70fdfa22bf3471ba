/**
 * Somebody who edits documents of their own, one at a time and many at once, and tries others' doors.
 */
import { expect } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { Lost, type Actor, type Person } from "../world.js";
import { expectSame } from "./holdings.js";
import { beginLife, idsOf, load, lookUp, must, type Life } from "./life.js";
import * as many from "./many.js";
import * as own from "./own.js";
import * as strangers from "./strangers.js";

/** What they do, and how often in comparison. */
const ACTS: [number, (life: Life) => Promise<void>][] = [
  [6, own.create],
  [8, own.update],
  [2, own.race],
  [2, own.trash],
  [1, own.restore],
  [1, own.purge],
  [1, own.invalid],
  [3, many.partly],
  [2, many.allOrNothing],
  [0.3, many.bulk],
  [4, strangers.tryDoor],
  [2, strangers.readOverHttp],
  [1, strangers.search],
  [0.5, strangers.browse],
];
const WEIGHT = ACTS.reduce((sum, [weight]) => sum + weight, 0);

/** A person who does so many things, and at the end looks at all that they have. */
export function person(who: Person, operations: number): Actor {
  return {
    name: who.name,
    play: async (world) => {
      const life = beginLife(world, who);
      for (let n = 0; n < operations; n++) await act(life);
      await again(() => checkEverything(life));
    },
  };
}

async function act(life: Life): Promise<void> {
  let at = life.random.next() * WEIGHT;
  const [, chosen] = ACTS.find(([weight]) => (at -= weight) < 0) ?? ACTS[0]!;
  life.touched = [];
  try {
    await chosen(life);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    await again(() => lookUp(life));
  }
}

/** Reading can be done again until it is not lost. */
async function again(read: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await read();
      return;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
  }
}

async function checkEverything(life: Life): Promise<void> {
  expectSame(life.held, await load(life));
  const { count } = api.documents;
  const counted = await must(life, "count", () =>
    life.client.query(count, { upTo: 1000 }),
  );
  expect(counted).toEqual({ count: idsOf(life).length, more: false });
}
