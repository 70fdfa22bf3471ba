/**
 * The lease of a piece of background work: a pure state machine. The row of the work keeps these columns and asks this module
 * what happens next.
 *
 * The row is the truth: `wakeAt` says when the work has to be looked at again, whatever was scheduled. A scheduled function is
 * a hint that makes it happen sooner. One that is cancelled, lost in an import or dead costs time and nothing else.
 *
 * @module
 */
import { v, type Infer } from "convex/values";

/**
 * `scheduled`: an attempt is arranged. `running`: an action was started; a mutation begins and ends in one transaction and is
 * never seen here. `blocked`: the function is not deployed, which costs no try.
 */
export const vPhase = v.union(
  v.literal("scheduled"),
  v.literal("running"),
  v.literal("blocked"),
);
export type Phase = Infer<typeof vPhase>;

/** Absent in a row: the work is over. */
export const vLease = v.object({
  phase: vPhase,
  /** The fencing token. It grows with every arrangement, so that an earlier attempt can no longer write. */
  attempt: v.number(),
  /** Attempts in a row that failed by their own fault. */
  tries: v.number(),
  /** When the work is overdue (ms since 1970). */
  wakeAt: v.number(),
  /** Items of the next batch; 0 for work that has no items. */
  size: v.number(),
  /** How often it was looked at since its function went missing. */
  blocks: v.number(),
  /** The function that it waits for while it is blocked. */
  blockedOn: v.optional(v.string()),
  /** The scheduled function of this attempt. */
  timer: v.union(v.null(), v.id("_scheduled_functions")),
});
export type Lease = Infer<typeof vLease>;

/** What one kind of work allows. */
export type LeasePolicy = {
  maxTries: number;
  /** Deaths of one item alone until the item is left out. */
  maxDeaths: number;
  /** Items of a batch at most; 0 for work that has no items. */
  maxSize: number;
  /** From the time of an attempt until it is overdue (ms). */
  graceMs: number;
  /** How long an action may run (ms). */
  timeoutMs: number;
  /** The wait before the attempt that follows so many failed ones (ms). */
  backoffMs: (tries: number) => number;
  /** The wait for a function that is missing, after so many looks (ms), and how many looks there are. */
  blockedMs: (blocks: number) => number;
  maxBlocks: number;
};

/** The state of a row of `_scheduled_functions`. `missing`: there is no such row. */
export type TimerState =
  "pending" | "inProgress" | "success" | "failed" | "canceled" | "missing";

/** How a piece of work ends. */
export type LeaseEnd = "completed" | "discarded" | "cancelled";

/** Why the item at the cursor is left out: it failed alone, or it died alone too often. */
export type Skip = "failed" | "dead";

/** What happens next. `runAt` asks for a scheduled function of this attempt, at that time (ms). */
export type NextLease =
  | { lease: Lease; runAt?: number; skip?: Skip }
  | { lease: null; end: LeaseEnd };

/**
 * The first attempt of a piece of work, or of another round of it.
 *
 * @param last the last attempt of the rounds before
 */
export function begin(
  now: number,
  policy: LeasePolicy,
  at = now,
  last = 0,
): { lease: Lease; runAt: number } {
  const lease = {
    phase: "scheduled",
    attempt: last + 1,
    tries: 0,
    wakeAt: at + policy.graceMs,
    size: policy.maxSize,
    blocks: 0,
    timer: null,
  } as const;
  return { lease, runAt: at };
}

/** Whether the holder of this token may work, or report how the work ended. */
export function holds(
  lease: Lease | null | undefined,
  attempt: number,
  phase: Phase,
): lease is Lease {
  return lease?.attempt === attempt && lease.phase === phase;
}

/** An action was started. */
export function started(
  lease: Lease,
  now: number,
  policy: LeasePolicy,
): NextLease {
  const wakeAt = now + policy.timeoutMs + policy.graceMs;
  return { lease: { ...lease, phase: "running", wakeAt, timer: null } };
}

/** A batch is done. Written in the transaction that does it, with the cursor behind it. */
export function progressed(
  lease: Lease,
  now: number,
  policy: LeasePolicy,
): NextLease {
  const size = Math.min(policy.maxSize, lease.size * 2);
  return rearrange({ ...lease, tries: 0, blocks: 0, size }, now, policy);
}

/** The work is done. */
export function completed(): NextLease {
  return { lease: null, end: "completed" };
}

/** Its owner or an operator ended it. */
export function cancelled(): NextLease {
  return { lease: null, end: "cancelled" };
}

/**
 * The attempt failed, and its transaction lives: the host's function threw, or exceeded its share of the transaction. A batch
 * is halved and tried again in another transaction, because what it read stays counted in this one. An item that is alone in
 * its batch is left out.
 *
 * @param isFinal another attempt cannot help
 */
export function failed(
  lease: Lease,
  now: number,
  policy: LeasePolicy,
  isFinal = false,
): NextLease {
  if (lease.size > 1) return rearrange(halved(lease), now, policy);
  if (lease.size === 1) {
    return {
      ...rearrange({ ...lease, tries: 0 }, now, policy),
      skip: "failed",
    };
  }
  return retried(lease, now, policy, isFinal);
}

/**
 * The function is not deployed. The work waits until the host declares the function again, or until `maxBlocks` looks.
 *
 * @param blockedOn the name of the function
 */
export function missing(
  lease: Lease,
  now: number,
  policy: LeasePolicy,
  blockedOn: string,
): NextLease {
  const { blocks } = lease;
  if (blocks >= policy.maxBlocks) return { lease: null, end: "discarded" };
  const wakeAt = now + policy.blockedMs(blocks);
  const phase = "blocked" as const;
  return {
    lease: {
      ...lease,
      phase,
      blocks: blocks + 1,
      blockedOn,
      wakeAt,
      timer: null,
    },
  };
}

/** The host has declared the function again. */
export function woken(
  lease: Lease,
  now: number,
  policy: LeasePolicy,
): NextLease {
  return lease.phase === "blocked" ? rearrange(lease, now, policy) : { lease };
}

/** `wakeAt` has passed. The state of the scheduled function says whose fault that is. */
export function overdue(
  lease: Lease,
  timer: TimerState,
  now: number,
  policy: LeasePolicy,
): NextLease {
  if (lease.phase === "blocked") return rearrange(lease, now, policy);
  if (timer === "pending" || timer === "inProgress") {
    // Late, and still to come: a second one beside it would only be fenced off.
    return { lease: { ...lease, wakeAt: now + policy.graceMs } };
  }
  if (timer === "canceled" || timer === "missing") {
    // What an action that was started has done is unknown, so it counts as a try.
    return lease.phase === "running"
      ? retried(lease, now, policy, false)
      : rearrange(lease, now, policy);
  }
  return died(lease, now, policy);
}

/** The attempt died without a report: a time limit, a limit of the transaction, a deploy. */
function died(lease: Lease, now: number, policy: LeasePolicy): NextLease {
  if (lease.size > 1) {
    return rearrange({ ...halved(lease), tries: 0 }, now, policy);
  }
  if (lease.size === 0) return retried(lease, now, policy, false);
  const tries = lease.tries + 1;
  if (tries >= policy.maxDeaths) {
    return { ...rearrange({ ...lease, tries: 0 }, now, policy), skip: "dead" };
  }
  const at = now + policy.backoffMs(tries);
  return rearrange({ ...lease, tries }, at, policy);
}

function retried(
  lease: Lease,
  now: number,
  policy: LeasePolicy,
  isFinal: boolean,
): NextLease {
  const tries = lease.tries + 1;
  if (isFinal || tries >= policy.maxTries) {
    return { lease: null, end: "discarded" };
  }
  const at = now + policy.backoffMs(tries);
  return rearrange({ ...lease, tries }, at, policy);
}

function halved(lease: Lease): Lease {
  return { ...lease, size: lease.size >> 1 };
}

/** Another attempt, at a time (ms). */
function rearrange(
  { blockedOn: _, ...lease }: Lease,
  at: number,
  policy: LeasePolicy,
): { lease: Lease; runAt: number } {
  const attempt = lease.attempt + 1;
  const wakeAt = at + policy.graceMs;
  const phase = "scheduled" as const;
  return {
    lease: { ...lease, phase, attempt, wakeAt, timer: null },
    runAt: at,
  };
}
