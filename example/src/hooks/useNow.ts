import { useSyncExternalStore } from "react";

/** How often a text like "5 min ago" may change (ms). */
const INTERVAL = 20_000;

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
  timer ??= setInterval(tick, INTERVAL);
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
