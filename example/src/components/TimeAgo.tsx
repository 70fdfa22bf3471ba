import { useNow } from "../hooks/useNow.js";
import { timeAgo } from "../lib/time.js";

/** @param time in ms */
export function TimeAgo({ time }: { time: number }) {
  const now = useNow();
  const date = new Date(time);
  return (
    <time
      className="time"
      dateTime={date.toISOString()}
      title={date.toLocaleString()}
    >
      {timeAgo(time, now)}
    </time>
  );
}
