/**
 * Periods in UTC. A period belongs to the calendar, not to the time its job starts: a report that runs late, or again, is
 * about the same day.
 *
 * @module
 */
import type { Period, PeriodUnit } from "../../shared/jobs.js";

const MINUTE = 60_000;
const LENGTH = {
  minute: MINUTE,
  hour: 60 * MINUTE,
  day: 24 * 60 * MINUTE,
  week: 7 * 24 * 60 * MINUTE,
} as const;

/** The first Monday of UTC's calendar: 1970-01-01 was a Thursday. */
const MONDAY = 4 * LENGTH.day;

/** The period that contains a time (ms). */
export function periodAt(unit: PeriodUnit, time: number): Period {
  if (unit === "month") {
    const at = new Date(time);
    const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
    const start = Date.UTC(year, month);
    return { key: keyOf(unit, start), start, end: Date.UTC(year, month + 1) };
  }
  const length = LENGTH[unit];
  const origin = unit === "week" ? MONDAY : 0;
  const start = Math.floor((time - origin) / length) * length + origin;
  return { key: keyOf(unit, start), start, end: start + length };
}

/** The last period that is over at a time (ms). */
export function lastComplete(unit: PeriodUnit, now: number): Period {
  return periodAt(unit, periodAt(unit, now).start - 1);
}

/** The period that begins at or after the end of another (ms). */
export function periodAfter(unit: PeriodUnit, end: number): Period {
  const holding = periodAt(unit, end);
  return holding.start === end ? holding : periodAt(unit, holding.end);
}

/**
 * Up to where periods are done (ms), of what is stored. No period that has ended lies behind the current one: such a time was
 * written while the clock was ahead, and does not count.
 */
export function doneUpTo(
  unit: PeriodUnit | undefined,
  now: number,
  doneUntil: number | undefined,
): number | undefined {
  const isAhead = unit && (doneUntil ?? 0) > periodAt(unit, now).end;
  return isAhead ? undefined : doneUntil;
}

/**
 * The next period to do: the oldest that is over and not done, at most `catchUp` periods before the last one. `null`: all are
 * done.
 *
 * @param doneUntil the end of the last period that is done (ms); `undefined` before the first
 */
export function nextDue(
  unit: PeriodUnit,
  now: number,
  doneUntil: number | undefined,
  catchUp: number,
): Period | null {
  let due = lastComplete(unit, now);
  if (doneUntil === undefined) return due;
  if (due.end <= doneUntil) return null;
  for (let back = 0; back < catchUp && due.start > doneUntil; back++) {
    due = periodAt(unit, due.start - 1);
  }
  return due;
}

function keyOf(unit: PeriodUnit, start: number): string {
  if (unit === "week") return weekKey(start);
  // "2026-11-22T05:00:00.000Z", cut after its unit.
  const length = { minute: 16, hour: 13, day: 10, month: 7 }[unit];
  return new Date(start).toISOString().slice(0, length);
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function weekKey(start: number): string {
  const thursday = start + 3 * LENGTH.day;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0)) / LENGTH.week) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
