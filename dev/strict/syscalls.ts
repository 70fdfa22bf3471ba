/**
 * The syscalls of functions that run in a frame: counted, looked at by the rules that are on, then done by convex-test.
 */
import { current, currentFrame, never, type Frame } from "./frame.js";
import { checkKnown, stand, type Syscalls } from "./internals.js";
import { kept, metrics, nestedLimits } from "./limits.js";
import { Syscall } from "./rule.js";
import { countReads } from "./rules/reads.js";
import { countScheduled } from "./rules/scheduled.js";
import { step } from "./steps.js";

export function install(): void {
  stand((real) => ({
    syscall: (op, json) => syscall(real, op, json),
    asyncSyscall: (op, json) => asyncSyscall(real, op, json),
  }));
}

/** Counts first and refuses then, so that what was refused stays counted. */
function enterSyscall(frame: Frame, op: string, json: string): Syscall {
  checkKnown(op);
  const call = new Syscall(op, json);
  for (const rule of frame.deployment.active) rule.everySyscall?.(frame, call);
  countReads(frame, call);
  return call;
}

function syscall(real: Syscalls, op: string, json: string): string {
  const frame = currentFrame();
  if (!frame) return real.syscall(op, json);
  const call = enterSyscall(frame, op, json);
  for (const { beforeSync } of frame.deployment.active) {
    beforeSync?.[op]?.(frame, call);
  }
  return real.syscall(op, call.json);
}

async function asyncSyscall(
  real: Syscalls,
  op: string,
  json: string,
): Promise<string> {
  const frame = currentFrame();
  if (!frame) return await real.asyncSyscall(op, json);
  if (frame.dead) return await never();
  const call = enterSyscall(frame, op, json);
  for (const { before } of frame.deployment.active) {
    if (before?.[op]) await before[op](frame, call);
  }
  let answer = await perform(real, frame, call);
  for (const { after } of frame.deployment.active) {
    if (after?.[op]) answer = await after[op](frame, answer);
  }
  return answer;
}

async function perform(
  real: Syscalls,
  frame: Frame,
  call: Syscall,
): Promise<string> {
  const { op } = call;
  if (op === "1.0/schedule" || op === "1.0/actions/schedule") {
    countScheduled(frame, call);
    // A scheduled function has no caller.
    const schedule = () =>
      current.run({ call: { from: null } }, () =>
        real.asyncSyscall(op, call.json),
      );
    return frame.tx ? await schedule() : await step(frame, schedule);
  }
  if (op === "1.0/runUdf" && frame.tx) return await nested(real, frame, call);
  const answer = await real.asyncSyscall(op, call.json);
  return op === "1.0/getTransactionMetrics" ? metrics(frame, answer) : answer;
}

/** A query or mutation that another one calls. */
async function nested(
  real: Syscalls,
  frame: Frame,
  { op, args }: Syscall,
): Promise<string> {
  const { tx, deployment } = frame;
  if (!tx) return await never();
  tx.used.nested += 1;
  if (args.functionHandle !== undefined) tx.used.handles += 1;
  const limits = nestedLimits(frame, args.transactionLimits);
  const transactionLimits = { ...args.transactionLimits };
  for (const name of kept(deployment.rules))
    Reflect.deleteProperty(transactionLimits, name);
  const json = JSON.stringify({
    ...args,
    ...(args.transactionLimits ? { transactionLimits } : {}),
  });
  try {
    const call = { from: frame, ...limits };
    return await current.run({ call }, () => real.asyncSyscall(op, json));
  } catch (error) {
    if (!tx.fatal) throw error;
    // The transaction is over. Its functions are not told, so that none of them can catch it.
    frame.die(tx.fatal);
    return await never();
  }
}
