/**
 * Running a function in a frame of its own.
 */
import { CONFLICT } from "./faults.js";
import type { Deployment } from "./deployment.js";
import {
  current,
  currentFrame,
  nameOf,
  type Call,
  type Frame,
  type Kind,
  type OpenTransaction,
  type Target,
  type Transaction,
} from "./frame.js";
import { realSyscalls, type Ctx, type Handler } from "./internals.js";
import { stepping } from "./steps.js";

/** Transactions that a deployment remembers. */
const MAX_REMEMBERED = 20_000;

export async function run(
  deployment: Deployment,
  target: Target & { readonly kind: Kind },
  ctx: Ctx,
  args: unknown,
  handler: Handler,
): Promise<unknown> {
  const { kind } = target;
  const call = current.getStore()?.call ?? { from: currentFrame() };
  call.entered = true;
  const caller = await callerOf(kind, call);
  const { frame, gone } = frameOf(deployment, target, call, caller);
  if (kind !== "http") check(frame, "arguments", args);
  if (kind === "mutation" && !call.from?.tx) {
    await deployment.faults.sufferConflicts(frame, caller, args);
  }
  const work = async () => {
    if (!frame.tx) await deployment.fresh();
    deployment.faults.checkTimeout(frame, "before");
    for (const { globals } of deployment.active) globals?.(frame);
    const given = frame.tx ? ctx : stepping(frame, ctx);
    const result = await handler(given, args);
    deployment.faults.checkTimeout(frame, "after");
    if (call.dry) throw CONFLICT;
    if (kind !== "http") check(frame, "result", result);
    return result;
  };
  return await current.run({ frame }, () => Promise.race([work(), gone]));
}

function check(
  { deployment }: Frame,
  what: "arguments" | "result",
  value: unknown,
): void {
  for (const rule of deployment.active) rule.value?.(what, value);
}

function frameOf(
  deployment: Deployment,
  target: Target & { readonly kind: Kind },
  call: Call,
  caller: Transaction["caller"],
): { frame: Frame; gone: Promise<never> } {
  const outer = call.from?.tx ? call.from : null;
  let end: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_resolve, reject) => (end = reject));
  gone.catch(() => undefined);
  const frame: Frame = {
    ...target,
    deployment,
    tx: outer?.tx ?? begin(deployment, target, caller),
    depth: outer ? outer.depth + 1 : 0,
    limits: call.limits ?? outer?.limits ?? deployment.limits,
    enforce: call.enforce ?? outer?.enforce ?? deployment.enforce,
    steps: 0,
    dead: false,
    die: (error) => {
      frame.dead = true;
      end(error);
    },
  };
  if (frame.tx) {
    frame.tx.used.depth = Math.max(frame.tx.used.depth, frame.depth);
  }
  return { frame, gone };
}

let latest: Transaction | undefined;

/** The transaction that began last, in any deployment: there is one at a time. */
export const latestTransaction = (): Transaction | undefined => latest;

function begin(
  { transactions }: Deployment,
  target: Target & { readonly kind: Kind },
  caller: Transaction["caller"],
): OpenTransaction | null {
  const { kind } = target;
  if (kind !== "query" && kind !== "mutation") return null;
  const used: Transaction = {
    path: nameOf(target),
    kind,
    caller,
    nested: 0,
    handles: 0,
    depth: 0,
    ranges: 0,
    asked: {},
    scheduled: 0,
    scheduledBytes: 0,
  };
  if (transactions.length >= MAX_REMEMBERED) transactions.shift();
  transactions.push(used);
  latest = used;
  return { used, intervals: new Set(), fatal: null };
}

async function callerOf(
  kind: Kind,
  { from }: Call,
): Promise<Transaction["caller"]> {
  if (from) return "action";
  if (kind !== "mutation") return "client";
  // Only the request tells: fake timers lose what is stored for a scheduled function.
  const json = await realSyscalls().asyncSyscall(
    "1.0/getRequestMetadata",
    "{}",
  );
  const request = JSON.parse(json) as { scheduledFunctionId: string | null };
  return request.scheduledFunctionId === null ? "client" : "scheduler";
}
