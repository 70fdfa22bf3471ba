/**
 * Reads are distinct index ranges. They stay counted when a nested call is rolled back. A patch, a replace and a delete read
 * their row, which costs nothing when the row was read by its id before.
 *
 * crates/database/src/reads.rs `_record_indexed`; crates/database/src/transaction.rs `get_inner`, `rollback_subtransaction`
 */
import type { Frame } from "../frame.js";
import type { Rule, Syscall } from "../rule.js";

/** What each syscall reads: what to call it, and its index range. */
const READS: Readonly<
  Record<string, (call: Syscall, frame: Frame) => [what: string, range: string]>
> = {
  "1.0/queryStream": ({ args }, { component }) => {
    const { order: _order, ...source } = args.query?.source ?? {};
    return ["query", JSON.stringify({ component, ...source })];
  },
  "1.0/queryPage": ({ json }, { component }) => ["page", component + json],
  "1.0/get": ({ args }) => ["get", args.id ?? ""],
  "1.0/shallowMerge": ({ args }) => ["shallowMerge", args.id ?? ""],
  "1.0/replace": ({ args }) => ["replace", args.id ?? ""],
  "1.0/remove": ({ args }) => ["remove", args.id ?? ""],
};

/** Counts what a syscall reads, whether or not the rule is on. */
export function countReads(frame: Frame, call: Syscall): void {
  const { tx } = frame;
  const read = READS[call.op];
  if (!tx || !read) return;
  const [what, range] = read(call, frame);
  tx.used.asked[what] = (tx.used.asked[what] ?? 0) + 1;
  tx.intervals.add(range);
  tx.used.ranges = tx.intervals.size;
}

/** What is over the limit was counted already: every further read is refused too. */
function refuse({ tx, limits, enforce }: Frame): void {
  if (tx && enforce && tx.used.ranges > limits.databaseQueries) {
    throw new Error(
      `Too many index ranges read in a single function execution (limit: ${limits.databaseQueries}).`,
    );
  }
}

export const reads: Rule = {
  beforeSync: { "1.0/queryStream": refuse },
  before: {
    "1.0/queryPage": refuse,
    "1.0/get": refuse,
    "1.0/shallowMerge": refuse,
    "1.0/replace": refuse,
    "1.0/remove": refuse,
  },
};
