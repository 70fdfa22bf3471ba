/**
 * What a nested call scheduled stays counted when it is rolled back: the calls, and the bytes of their arguments.
 *
 * crates/model/src/scheduled_jobs/mod.rs
 */
import type { Frame } from "../frame.js";
import type { Rule, Syscall } from "../rule.js";

const bytesOf = ({ args }: Syscall) => JSON.stringify(args.args).length;

/** Counts a scheduled call, whether or not the rule is on. */
export function countScheduled({ tx }: Frame, call: Syscall): void {
  if (!tx) return;
  tx.used.scheduled += 1;
  tx.used.scheduledBytes += bytesOf(call);
}

/** Unlike a read, what is refused is not counted. */
function refuse({ tx, limits, enforce }: Frame, call: Syscall): void {
  if (!tx || !enforce) return;
  if (tx.used.scheduled + 1 > limits.functionsScheduled) {
    throw new Error(
      `Scheduled too many functions in a single function execution (limit: ${limits.functionsScheduled}).`,
    );
  }
  const most = limits.scheduledFunctionArgsBytes;
  if (tx.used.scheduledBytes + bytesOf(call) > most) {
    throw new Error(
      `Scheduled function arguments too large in a single function execution (limit: ${most} bytes).`,
    );
  }
}

export const scheduled: Rule = { before: { "1.0/schedule": refuse } };
