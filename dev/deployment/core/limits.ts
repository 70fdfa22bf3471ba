const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * What one client may ask for and leave waiting. Far above what an app does, and far below what a page that went wrong could
 * take from the developer's machine.
 */
export const CLIENT = {
  /** Levels of objects and arrays in arguments, as in any value of Convex. */
  maxDepth: 64,
  /** Queries of one client at a time, and changes of them in one message. */
  maxQueries: 1_000,
  /** Bytes of their arguments. */
  maxQueryBytes: 16 * MiB,
  /** Characters of a function's path and of a session's id. */
  maxName: 500,
  /** Bytes of the messages that have no answer yet. */
  maxUnanswered: 64 * MiB,
  /** What a message counts beside its text: it costs memory even if it says nothing. */
  messageBytes: KiB,
  /** Bytes that were sent and that the client has not read, before anything more is sent. */
  maxUnread: 8 * MiB,
  /** Bytes of the answers that are kept for a client that connects again, not counting the last one. */
  maxAnswers: 8 * MiB,
} as const;

/** Whether a value has more levels of objects and arrays than these. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** What the log takes: a client's mistakes write to it as often as the client makes them. */
export const LOG = {
  /** Characters of one line. */
  maxLine: 8 * KiB,
  /** Characters at once, and each second after that. */
  burst: 256 * KiB,
  perSecond: 16 * KiB,
} as const;

/** A log within the bounds of {@link LOG}. It says that lines are missing, and how many. */
export function boundedLog(
  log: (line: string) => void,
  now: () => number = () => performance.now(),
): (line: string) => void {
  let room: number = LOG.burst;
  let filledAt = now();
  let dropped = 0;
  return (line) => {
    const at = now();
    const more = ((at - filledAt) / 1_000) * LOG.perSecond;
    room = Math.min(LOG.burst, room + more);
    filledAt = at;
    const text = cut(line);
    if (room < text.length) {
      dropped += 1;
      if (dropped === 1) log("[convex] Too much to log: lines are left out.");
      return;
    }
    if (dropped > 0) log(`[convex] ${dropped} lines were left out.`);
    dropped = 0;
    room -= text.length;
    log(text);
  };
}

function cut(line: string): string {
  const more = line.length - LOG.maxLine;
  return more > 0
    ? `${line.slice(0, LOG.maxLine)}… and ${more} characters more`
    : line;
}
