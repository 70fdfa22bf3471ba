/**
 * What a host says of retention, checked where it is said: a wrong policy fails the deploy and not the documents.
 *
 * @module
 */
import { ageMs, ageProblem, type Age } from "../shared/retention/age.js";
import { AGE, SWEEP } from "../shared/retention/limits.js";
import type {
  AgeBy,
  Policy,
  Sweep,
  SweepTarget,
} from "../shared/retention/validators.js";
import { vStatus, type Status } from "../shared/validators.js";

/** When documents of one status go. */
export type RetentionPolicy = {
  status: Status;
  /** Longer than this ago: a document of exactly this age stays. */
  olderThan: Age;
  /** What the age is counted from: the last edit when not given, or the creation. */
  by?: AgeBy;
  /** `true`: `olderThan` may be less than an hour. */
  allowShort?: boolean;
};

export type Given = {
  policies: RetentionPolicy[];
  undoFor?: Age;
  allowShort?: boolean;
  batchSize?: number;
  maxPerRun?: number;
};

/** What the component is told. Throws for what cannot be meant. */
export function planRetention({
  policies,
  undoFor,
  allowShort = false,
  batchSize = SWEEP.defaultBatch,
  maxPerRun = SWEEP.defaultRun,
}: Given): {
  cleanup: SweepTarget;
  purge: SweepTarget;
  bounds: Pick<Sweep, "batchSize" | "maxPerRun">;
} {
  assertWithin("batchSize", batchSize, SWEEP.maxBatch);
  assertWithin("maxPerRun", maxPerRun, SWEEP.maxRun);
  const undoMs = undoFor === undefined ? AGE.undoMs : ageMs(undoFor);
  assertAge("undoFor", undoMs, allowShort);
  const checked = policies.map(checkPolicy);
  const statuses = checked.map(({ status }) => status);
  const twice = statuses.find((one, at) => statuses.indexOf(one) !== at);
  if (twice) throw wrong(`has two policies for ${twice}: give one.`);
  return {
    cleanup: { policies: checked },
    purge: { trashOlderThanMs: undoMs },
    bounds: { batchSize, maxPerRun },
  };
}

function checkPolicy(
  { status, olderThan, by = "updatedAt", allowShort = false }: RetentionPolicy,
  index: number,
): Policy {
  const at = `policies[${index}]`;
  if (!vStatus.members.some(({ value }) => value === status)) {
    throw wrong(`${at}.status must be draft, published or archived.`);
  }
  if (!["updatedAt", "createdAt"].includes(by)) {
    throw wrong(`${at}.by must be updatedAt or createdAt.`);
  }
  const olderThanMs = ageMs(olderThan);
  assertAge(`${at}.olderThan`, olderThanMs, allowShort);
  return { status, olderThanMs, by };
}

function assertAge(name: string, ms: number, allowShort: boolean): void {
  const problem = ageProblem(ms, allowShort);
  if (problem) throw wrong(`${name} ${problem}`);
}

function assertWithin(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw wrong(`${name} must be a whole number from 1 to ${most}.`);
}

function wrong(problem: string): Error {
  return new Error(`convex-docs: docs.retention(): ${problem}`);
}
