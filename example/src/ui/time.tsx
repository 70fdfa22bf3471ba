import { useEffect, useState, useSyncExternalStore } from "react";

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
  return dayInWords(then);
}

/** A day in the reader's zone: "Nov 24, 2026". @param time in ms */
export function dayInWords(time: number): string {
  return new Date(time).toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** A time in the reader's zone, which it names: "May 1, 2026, 9:00 AM GMT+2". @param time in ms */
export function timeInWords(time: number): string {
  return new Date(time).toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** How long something took: "0.4 s", "12 s", "3 min". @param ms not negative */
export function duration(ms: number): string {
  if (ms < 100) return "under 0.1 s";
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}

/** A time to wait, without a false precision: "40 s", "5 min", "11 h". */
function about(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 3_500_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** How long until something: "in 4 min", or "now". Both in ms. */
export function timeUntil(then: number, now: number): string {
  const wait = then - now;
  return wait < 1_000 ? "now" : `in ${about(wait)}`;
}

/** Update interval of texts such as "5 min ago" (ms). */
const REFRESH_MS = 20_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

/** The time in ms, the same for the whole page, current enough for texts like "5 min ago". */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  now = Math.max(now, Date.now());
  listeners.add(listener);
  timer ??= setInterval(tick, REFRESH_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  listeners.forEach((listener) => listener());
}

/** @param time in ms */
export function TimeAgo({ time }: { time: number }) {
  const now = useNow();
  const date = new Date(time);
  return (
    <time
      className="time"
      dateTime={date.toISOString()}
      title={timeInWords(time)}
    >
      {timeAgo(time, now)}
    </time>
  );
}

/** Interval of a countdown (ms), short enough to show every second. */
const TICK_MS = 250;

/** Whole seconds until a wait is over, 0 once it is. It begins when `cause` changes. @param wait in ms */
export function useCountdown(cause: unknown, wait: number): number {
  const [left, setLeft] = useState(0);
  const [counted, count] = useState<unknown>(null);
  const seconds = Math.ceil(wait / 1_000);
  if (counted !== cause) {
    count(cause);
    setLeft(seconds);
  }
  useEffect(() => {
    if (wait <= 0) return;
    const end = Date.now() + wait;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1_000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [cause, wait]);
  return left;
}

/** Whole seconds until a time in ms; 0 once it is past, and when there is none. */
export function useSecondsUntil(time: number | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (time === undefined) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= time) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [time]);
  return time === undefined ? 0 : Math.max(0, Math.ceil((time - now) / 1_000));
}
