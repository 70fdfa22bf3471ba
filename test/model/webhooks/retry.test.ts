import fc from "fast-check";
import { expect, test } from "vitest";
import { eventRetryWait } from "../../../src/model/webhooks/work.js";
import { WEBHOOK_RETRY } from "../../../src/shared/webhooks.js";

test("the waits are those that the documentation promises", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((tries) =>
    eventRetryWait(tries, () => 0.5),
  );
  const seconds = [5, 25, 125, 625, 3125, 15_625, 6 * 60 * 60];
  expect(waits).toEqual(seconds.map((wait) => wait * 1000));
});

test("however often an event has failed, the wait stays within a fifth of six hours", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, random) => {
        const wait = eventRetryWait(tries, () => random);
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(WEBHOOK_RETRY.capMs * 1.2);
      },
    ),
  );
});
