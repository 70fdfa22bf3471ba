import { describe, expect, test } from "vitest";
import { explore } from "./explore.js";
import { worldOf, type Mistake, type Options } from "./world.js";

/** Faults in one life. CI explores three, and four for a whole mutation; one less is what a developer waits for. */
const FULL = process.env["EXPLORE"] === "full";
const faults = {
  die: 3,
  throws: 3,
  cancelAll: 2,
  undeploy: 2,
  import: 2,
  conflict: 2,
  cancel: 1,
  late: 2,
};
const total = FULL ? 3 : 1;
const TIMEOUT = 240_000;

const LIVES: [string, Options][] = [
  [
    "a whole mutation (webhook, job)",
    { host: "mutation", items: 0, faults, total: total + 1 },
  ],
  [
    "a whole action (webhook, job)",
    { host: "action", items: 0, faults, total },
  ],
  ["batches (bulk, clean-up)", { host: "mutation", items: 5, faults, total }],
  [
    "batches with an item that kills its attempt",
    {
      host: "mutation",
      items: 5,
      poison: [1],
      faults: { ...faults, die: 0 },
      total,
    },
  ],
  [
    "batches with two items that kill their attempt",
    {
      host: "mutation",
      items: 5,
      poison: [0, 4],
      faults: { ...faults, die: 0, throws: 0 },
      total,
    },
  ],
  [
    "batches with an item that kills and one that throws",
    {
      host: "mutation",
      items: 5,
      poison: [2],
      throwing: [3],
      faults: { ...faults, die: 0 },
      total,
    },
  ],
];

describe("whatever fails in whatever order", () => {
  test.each(LIVES)(
    "%s: nothing is done twice, lost or stuck",
    (_name, options) => {
      const { problems } = explore(worldOf(options));
      expect(Object.fromEntries(problems)).toEqual({});
    },
    TIMEOUT,
  );
});

/** Each mistake in the code around the lease, and the problem that it makes. */
const MISTAKES: [Mistake[], Omit<Options, "mistakes">, string][] = [
  [
    ["noFence"],
    { host: "action", items: 0, faults: { late: 2, die: 1, throws: 1 } },
    "an attempt that lost its lease is heard",
  ],
  [
    ["noFence", "blindRescue"],
    { host: "mutation", items: 5, faults: { late: 2, cancelAll: 1 } },
    "two scheduled functions hold one lease",
  ],
  [
    ["noRescue"],
    { host: "mutation", items: 5, faults: { cancelAll: 1 } },
    "stuck",
  ],
  [["noRescue"], { host: "mutation", items: 0, faults: { die: 1 } }, "stuck"],
  [
    ["noCron"],
    { host: "mutation", items: 5, faults: { cancelAll: 1 } },
    "stuck",
  ],
  [
    ["blockedIsFailed"],
    { host: "mutation", items: 5, faults: { undeploy: 1 } },
    "a good item is left out",
  ],
  [
    ["cursorApart"],
    { host: "mutation", items: 5, faults: { die: 1 }, total: 0 },
    "an item is done twice",
  ],
  [
    ["noFallback"],
    { host: "action", items: 0, faults: { conflict: 1 } },
    "given up too soon",
  ],
  [
    ["runHandle"],
    { host: "mutation", items: 5, faults: { undeploy: 1 } },
    "a good item is left out",
  ],
];

describe("a mistake in the code around it is found", () => {
  test.each(MISTAKES)(
    "%s",
    (mistakes, options, problem) => {
      const { problems } = explore(worldOf({ ...options, mistakes }), {
        first: true,
      });
      expect([...problems.keys()]).toContain(problem);
    },
    TIMEOUT,
  );
});
