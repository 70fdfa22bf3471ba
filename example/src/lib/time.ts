const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago `then` was, short enough for a list. Both in ms; a `then` in the future is a clock that is a little off. */
export function timeAgo(then: number, now: number): string {
  const age = Math.max(0, now - then);
  if (age < 45 * SECOND) return "just now";
  if (age < HOUR) return `${Math.max(1, Math.round(age / MINUTE))} min ago`;
  if (age < DAY) return `${Math.round(age / HOUR)} h ago`;
  if (age < 7 * DAY) return `${Math.round(age / DAY)} d ago`;
  return new Date(then).toLocaleDateString(undefined, { dateStyle: "medium" });
}
