import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retryWait } from "../../../src/model/jobs/attempt.js";
import {
  doneUpTo,
  lastComplete,
  nextDue,
  periodAfter,
  periodAt,
} from "../../../src/model/jobs/periods.js";

const UNITS = ["minute", "hour", "day", "week", "month"] as const;
const unit = fc.constantFrom(...UNITS);
const time = fc.integer({ min: Date.UTC(1970, 1), max: Date.UTC(2100, 0) });

describe("periods", () => {
  test("every moment is in one, which ends where the next begins, and keys sort as time does", () => {
    fc.assert(
      fc.property(unit, time, (of, at) => {
        const period = periodAt(of, at);
        expect(period.start).toBeLessThanOrEqual(at);
        expect(period.end).toBeGreaterThan(at);
        expect(periodAt(of, period.start)).toEqual(period);
        expect(periodAt(of, period.end - 1)).toEqual(period);
        const next = periodAfter(of, period.end);
        expect(next.start).toBe(period.end);
        expect(next.key > period.key).toBe(true);
      }),
    );
  });

  test("the last complete one has ended, and the next has not", () => {
    fc.assert(
      fc.property(unit, time, (of, now) => {
        const last = lastComplete(of, now);
        expect(last.end).toBeLessThanOrEqual(now);
        expect(periodAfter(of, last.end).end).toBeGreaterThan(now);
      }),
    );
  });

  test("at midnight exactly, the day before is complete", () => {
    const midnight = Date.UTC(2026, 10, 23);
    expect(lastComplete("day", midnight).key).toBe("2026-11-22");
    expect(lastComplete("day", midnight - 1).key).toBe("2026-11-21");
  });

  test.each([
    ["2026-12-31", "2026-W53"],
    ["2027-01-03", "2026-W53"],
    ["2027-01-04", "2027-W01"],
    ["2024-12-30", "2025-W01"],
  ])("%s is in ISO week %s", (date, week) => {
    expect(periodAt("week", Date.parse(date)).key).toBe(week);
  });

  test("what is due comes in order, at most catchUp before the last, and ends", () => {
    fc.assert(
      fc.property(
        unit,
        time,
        fc.integer({ min: 0, max: 31 }),
        fc.integer({ min: 0, max: 50 }),
        (of, now, catchUp, behind) => {
          let done = lastComplete(of, now).end;
          for (let n = 0; n < behind; n++) done = periodAt(of, done - 1).start;
          const missed = behind;
          const keys: string[] = [];
          for (;;) {
            const due = nextDue(of, now, done, catchUp);
            if (due === null) break;
            expect(due.start).toBeGreaterThanOrEqual(done);
            keys.push(due.key);
            done = due.end;
          }
          expect(keys).toHaveLength(Math.min(missed, catchUp + 1));
          expect(done).toBe(lastComplete(of, now).end);
        },
      ),
    );
  });

  test("what is done is believed up to the end of the current period, of whatever unit", () => {
    fc.assert(
      fc.property(unit, unit, time, (of, before, now) => {
        const { end } = periodAt(of, now);
        expect(doneUpTo(of, now, end)).toBe(end);
        expect(doneUpTo(of, now, end + 1)).toBeUndefined();
        const done = lastComplete(before, now).end;
        expect(doneUpTo(of, now, done)).toBe(done);
      }),
    );
  });

  test("another unit after a deploy goes on where the first ended", () => {
    const now = Date.UTC(2026, 10, 23, 12);
    const doneUntil = Date.UTC(2026, 10, 23);
    expect(nextDue("month", now, doneUntil, 3)).toBeNull();
    expect(nextDue("hour", now, doneUntil, 31)?.key).toBe("2026-11-23T00");
  });
});

describe("retryWait", () => {
  const policy = { baseMs: 1_000, capMs: 5_000 };

  test("is drawn between nothing and a bound that doubles up to the cap, on top of what the error asked for", () => {
    const bounds = [1, 2, 3, 4, 50].map((failed) =>
      retryWait(failed, policy, 0, () => 1),
    );
    expect(bounds).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(retryWait(3, policy, 0, () => 0)).toBe(0);
    expect(retryWait(3, policy, 60_000, () => 0.5)).toBe(62_000);
  });
});
