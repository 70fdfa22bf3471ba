/**
 * What a deployment suffers on command: conflicts, timeouts, actions that die. Functions go by `component:module:name`.
 *
 * crates/model/src/scheduled_jobs; crates/common/src/knobs.rs UDF_EXECUTOR_OCC_MAX_RETRIES; crates/isolate/src/termination.rs
 */
import { convexToJson, type Value } from "convex/values";
import { current, nameOf, type Frame, type Transaction } from "./frame.js";
import { realSyscalls } from "./internals.js";

/** A scheduled mutation is tried again without end. */
const MAX_RETRIES = 4;

/** Ends a try, so that convex-test undoes it. */
export const CONFLICT = new Error("This try conflicted with another.");

export type When = "before" | "after";

export class Faults {
  readonly #conflicts = new Map<string, number>();
  readonly #timeouts = new Map<string, { when: When; left: number }>();
  readonly #kills = new Map<string, { step: number; when: When }>();

  conflict(name: string, times: number): void {
    this.#conflicts.set(name, times);
  }
  timeout(name: string, times: number, when: When): void {
    this.#timeouts.set(name, { when, left: times });
  }
  kill(name: string, step: number, when: When): void {
    this.#kills.set(name, { step, when });
  }

  /** Whether the action dies at the step that it is at. */
  takeKill(frame: Frame): When | null {
    const kill = this.#kills.get(nameOf(frame));
    if (kill?.step !== frame.steps) return null;
    this.#kills.delete(nameOf(frame));
    return kill.when;
  }

  /** Throws what nothing in the transaction can catch, if the function times out now. */
  checkTimeout(frame: Frame, when: When): void {
    const planned = this.#timeouts.get(nameOf(frame));
    if (!frame.tx || planned?.when !== when || planned.left < 1) return;
    planned.left -= 1;
    frame.tx.fatal = new Error(
      "Function execution timed out (maximum duration: 1s)",
    );
    throw frame.tx.fatal;
  }

  /** The tries of a mutation that conflict: each runs to its end and is undone. */
  async sufferConflicts(
    frame: Frame,
    caller: Transaction["caller"],
    args: unknown,
  ): Promise<void> {
    const times = this.#conflicts.get(nameOf(frame)) ?? 0;
    this.#conflicts.delete(nameOf(frame));
    const most = caller === "scheduler" ? Infinity : MAX_RETRIES + 1;
    for (let tries = 0; tries < Math.min(times, most); tries += 1) {
      await dryRun(frame, args);
    }
    if (times >= most) {
      throw new Error(
        "Documents read from or written to a table changed while this mutation was being run and on every subsequent retry.",
      );
    }
  }
}

/** Runs a mutation within itself, with figures of its own, to no effect. */
async function dryRun(frame: Frame, args: unknown): Promise<void> {
  if (!frame.tx) return;
  const used = { ...frame.tx.used, asked: {} };
  const tx = { used, intervals: new Set<string>(), fatal: null };
  const call = { from: { ...frame, tx }, dry: true };
  const json = JSON.stringify({
    udfType: "mutation",
    name: frame.path,
    args: convexToJson((args ?? {}) as Value),
  });
  await current
    .run({ call }, () => realSyscalls().asyncSyscall("1.0/runUdf", json))
    .catch((error: unknown) => {
      if (error !== CONFLICT) throw error;
    });
}
