import { useEffect, useState } from "react";

/** How often the seconds are looked at (ms): often enough that none is skipped. */
const INTERVAL = 250;

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
    }, INTERVAL);
    return () => clearInterval(timer);
  }, [cause, wait]);
  return left;
}
