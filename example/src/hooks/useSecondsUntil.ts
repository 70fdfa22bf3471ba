import { useEffect, useState } from "react";

/** How often the seconds are looked at (ms): often enough that none is skipped. */
const INTERVAL = 250;

/** Whole seconds until a time in ms; 0 once it is past, and when there is none. */
export function useSecondsUntil(time: number | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (time === undefined) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= time) clearInterval(timer);
    }, INTERVAL);
    return () => clearInterval(timer);
  }, [time]);
  return time === undefined ? 0 : Math.max(0, Math.ceil((time - now) / 1_000));
}
