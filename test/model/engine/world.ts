/**
 * The lease in its world: one piece of work, its scheduled functions, the rescuer, the hourly cron, and everything that may
 * fail. Times are relative to now.
 *
 * @module
 */
import * as lease from "../../../src/model/engine/lease.js";
import type {
  Lease,
  LeaseEnd,
  LeasePolicy,
  NextLease,
  TimerState,
} from "../../../src/model/engine/lease.js";
import type { Model } from "./explore.js";

/**
 * `die`: an attempt dies without a report. `throws`: the host's function throws. `cancelAll`: an operator cancels all
 * scheduled functions. `undeploy`: a deploy without the function. `import`: a backup is restored into another deployment.
 * `conflict`: the report of an action conflicts until it gives up. `cancel`: the owner cancels. `late`: the scheduler is late.
 */
export type Fault =
  | "die"
  | "throws"
  | "cancelAll"
  | "undeploy"
  | "import"
  | "conflict"
  | "cancel"
  | "late";

/** Deliberate mistakes in the code around the lease, to see that the exploration finds them. */
export type Mistake =
  | "noFence"
  | "blindRescue"
  | "noRescue"
  | "noCron"
  | "blockedIsFailed"
  | "cursorApart"
  | "noFallback"
  | "runHandle";

export type Options = {
  host: "mutation" | "action";
  /** 0: the work is one whole. */
  items: number;
  /** Items whose batch always dies, and items whose batch always throws. */
  poison?: number[];
  throwing?: number[];
  /** How often each may happen. */
  faults: Partial<Record<Fault, number>>;
  /** How many faults may happen in one life. Default: 3. */
  total?: number;
  mistakes?: Mistake[];
};

type Timer = {
  id: number;
  what: "run" | "tick" | "report";
  attempt: number;
  at: number;
};

export type World = {
  lease: Lease | null;
  end: LeaseEnd | null;
  cursor: number;
  /** How often each item was done, and left out. */
  done: number[];
  skipped: number[];
  /** Reports of an action that counted. */
  reports: number;
  timers: Timer[];
  /** How a scheduled function that is over has ended. */
  ended: Record<string, TimerState>;
  lifeline: number | null;
  /** Actions at work. */
  acting: { attempt: number; timer: number }[];
  deployed: boolean;
  /** Whether the stored handle still names the host's function. */
  handle: boolean;
  nextId: number;
  left: Partial<Record<Fault, number>>;
  total: number;
  /** Faults that may have cost a try. */
  excuses: number;
  /** Whether the work waited for its function as long as it may. */
  gaveUpWaiting: boolean;
  /** Whether an attempt that had lost its lease changed anything. */
  stolen: boolean;
};

const TICK = 2;

export function worldOf(options: Options): Model<World> {
  const { host, items } = options;
  const makes = (mistake: Mistake) =>
    options.mistakes?.includes(mistake) ?? false;
  const poison = new Set(options.poison);
  const throwing = new Set(options.throwing);
  const hasCron = !makes("noCron") && !makes("noRescue");
  const policy: LeasePolicy = {
    maxTries: 3,
    maxDeaths: 2,
    maxSize: items > 0 ? 4 : 0,
    graceMs: 2,
    timeoutMs: 2,
    backoffMs: () => 1,
    blockedMs: () => 2,
    maxBlocks: 3,
  };

  function schedule(
    world: World,
    what: Timer["what"],
    attempt: number,
    at: number,
  ): number {
    const id = world.nextId++;
    world.timers.push({ id, what, attempt, at });
    return id;
  }

  function finishTimer(world: World, timer: Timer, how: TimerState): void {
    world.timers = world.timers.filter(({ id }) => id !== timer.id);
    if (how !== "success" || world.lease?.timer === String(timer.id)) {
      world.ended[timer.id] = how;
    }
  }

  function ensureLifeline(world: World): void {
    if (makes("noRescue")) return;
    if (world.lifeline !== null && world.lifeline >= -1) return;
    world.lifeline = TICK;
    schedule(world, "tick", 0, TICK);
  }

  /** Writes what the lease says next, in the transaction that found it out. */
  function arrange(world: World, next: NextLease): void {
    if (next.lease === null) {
      const blocks = world.lease?.blocks ?? 0;
      world.gaveUpWaiting ||=
        next.end === "discarded" && blocks >= policy.maxBlocks;
      Object.assign(world, { lease: null, end: next.end, ended: {} });
      return;
    }
    world.lease = next.lease;
    if (next.skip) {
      world.skipped[world.cursor] = (world.skipped[world.cursor] ?? 0) + 1;
      world.cursor += 1;
      if (world.cursor >= items) return arrange(world, lease.completed());
    }
    if (next.runAt === undefined) return;
    world.ended = {};
    const timer = schedule(world, "run", next.lease.attempt, next.runAt);
    world.lease = { ...next.lease, timer: String(timer) as Lease["timer"] };
    ensureLifeline(world);
  }

  function timerState(world: World, timer: string | null): TimerState {
    if (timer === null) return "missing";
    const waits = world.timers.some(({ id }) => String(id) === timer);
    return waits ? "pending" : (world.ended[timer] ?? "missing");
  }

  /** The look at an overdue lease, by the rescuer or the cron. */
  function rescue(world: World): void {
    const held = world.lease;
    if (!held || held.wakeAt > 0) return;
    let state = timerState(world, held.timer);
    if (held.phase === "running") {
      // An action past its limit counts as dead, whatever it still does. That it was slow is not the engine's fault.
      const isSlow =
        world.acting.some(({ attempt }) => attempt === held.attempt) ||
        world.timers.some(
          ({ what, attempt }) => what === "report" && attempt === held.attempt,
        );
      if (isSlow) world.excuses += 1;
      state = "failed";
    }
    if (makes("blindRescue") && state === "pending") state = "canceled";
    arrange(world, lease.overdue(held, state, 0, policy));
  }

  /** A transaction of the engine: an attempt by a mutation, or the start of an action. `null`: it dies with the host's function. */
  function runAttempt(before: World, timer: Timer): World | null {
    const world = clone(before);
    finishTimer(world, timer, "success");
    const held = world.lease;
    const isHeld = makes("noFence")
      ? held !== null
      : lease.holds(held, timer.attempt, "scheduled");
    if (!isHeld || !held) return world;
    if (!world.deployed || !world.handle) {
      if (makes("runHandle")) return null;
      const next = makes("blockedIsFailed")
        ? lease.failed(held, 0, policy, true)
        : lease.missing(held, 0, policy, "f");
      arrange(world, next);
      return world;
    }
    if (host === "action") {
      world.acting.push({ attempt: held.attempt, timer: timer.id });
      arrange(world, lease.started(held, 0, policy));
      return world;
    }
    if (items === 0) {
      world.done[0] = (world.done[0] ?? 0) + 1;
      arrange(world, lease.completed());
      return world;
    }
    return runBatch(world, held);
  }

  function runBatch(world: World, held: Lease): World | null {
    const length = Math.min(held.size, items - world.cursor);
    const batch = Array.from({ length }, (_, at) => world.cursor + at);
    if (batch.some((item) => poison.has(item))) return null;
    if (batch.some((item) => throwing.has(item))) {
      // The host's call is a transaction inside this one: nothing of it is left, and the failure can be written.
      arrange(world, lease.failed({ ...held, size: length }, 0, policy));
      return world;
    }
    for (const item of batch) world.done[item] = (world.done[item] ?? 0) + 1;
    if (!makes("cursorApart")) world.cursor += length;
    const next =
      world.cursor >= items
        ? lease.completed()
        : lease.progressed(held, 0, policy);
    arrange(world, next);
    return world;
  }

  function isHeard(world: World, attempt: number): boolean {
    return makes("noFence")
      ? world.lease !== null && world.lease.phase !== "blocked"
      : lease.holds(world.lease, attempt, "running");
  }

  /** An action reports how it ended. */
  function report(world: World, attempt: number, ok: boolean): void {
    if (!world.lease || !isHeard(world, attempt)) return;
    world.stolen ||= world.lease.attempt !== attempt;
    if (!ok) return arrange(world, lease.failed(world.lease, 0, policy));
    world.reports += 1;
    world.done[0] = (world.done[0] ?? 0) + 1;
    arrange(world, lease.completed());
  }

  function redeploy(before: World): World {
    const world = { ...clone(before), deployed: true, handle: true };
    if (world.lease) arrange(world, lease.woken(world.lease, 0, policy));
    return world;
  }

  function look(before: World, timer?: Timer): World {
    const world = clone(before);
    if (timer) {
      finishTimer(world, timer, "success");
      world.lifeline = null;
    }
    rescue(world);
    if (world.lease) ensureLifeline(world);
    return world;
  }

  /** Everything that may come of a scheduled function that is due. */
  function turnsOf(world: World, timer: Timer): [string, World][] {
    if (timer.what === "tick") return [["tick", look(world, timer)]];
    if (timer.what === "report") {
      const after = clone(world);
      finishTimer(after, timer, "success");
      report(after, timer.attempt, true);
      return [["scheduled report", after]];
    }
    const lived = runAttempt(world, timer);
    if (lived === null) return [["run dies", diesAt(world, timer)]];
    const turns: [string, World][] = [["run", lived]];
    if (may(world, "die")) {
      turns.push(["run dies by chance", diesAt(spend(world, "die"), timer)]);
    }
    const works =
      host === "mutation" &&
      world.deployed &&
      world.handle &&
      lease.holds(world.lease, timer.attempt, "scheduled");
    if (works && may(world, "throws")) {
      turns.push(["run throws by chance", throwsAt(world, timer)]);
    }
    return turns;
  }

  function diesAt(before: World, timer: Timer): World {
    const world = clone(before);
    finishTimer(world, timer, "failed");
    return world;
  }

  function throwsAt(before: World, timer: Timer): World {
    const world = clone(spend(before, "throws"));
    finishTimer(world, timer, "success");
    if (!world.lease) return world;
    const size = Math.min(world.lease.size, Math.max(items - world.cursor, 0));
    arrange(world, lease.failed({ ...world.lease, size }, 0, policy));
    return world;
  }

  /** Everything that may come of an action at work. */
  function endsOf(
    world: World,
    action: World["acting"][number],
  ): [string, World][] {
    const without = (from: World) => {
      const after = clone(from);
      after.acting = after.acting.filter(({ timer }) => timer !== action.timer);
      return after;
    };
    const { attempt } = action;
    const well = without(world);
    report(well, attempt, true);
    const ends: [string, World][] = [["action ends well", well]];
    if (may(world, "throws")) {
      const after = without(spend(world, "throws"));
      report(after, attempt, false);
      ends.push(["action fails", after]);
    }
    if (may(world, "die")) {
      ends.push(["action dies", without(spend(world, "die"))]);
    }
    if (may(world, "conflict")) {
      const after = without(spend(world, "conflict"));
      if (makes("noFallback")) report(after, attempt, false);
      else schedule(after, "report", attempt, 0);
      ends.push(["the report of an action conflicts", after]);
    }
    return ends;
  }

  function deploymentFaults(world: World): [string, World][] {
    const faults: [string, World][] = [];
    if (may(world, "cancelAll") && world.timers.length > 0) {
      const after = clone(spend(world, "cancelAll"));
      if (world.timers.some(({ what }) => what === "report"))
        after.excuses += 1;
      for (const timer of world.timers) finishTimer(after, timer, "canceled");
      faults.push(["all scheduled functions are cancelled", after]);
    }
    if (may(world, "import")) {
      const after = clone(spend(world, "import"));
      Object.assign(after, {
        timers: [],
        ended: {},
        acting: [],
        handle: false,
      });
      faults.push(["restored into another deployment", after]);
    }
    if (may(world, "undeploy") && world.deployed) {
      const after = { ...spend(world, "undeploy"), deployed: false };
      faults.push(["a deploy without the function", after]);
    }
    if (!world.deployed || !world.handle) {
      faults.push(["a deploy with the function", redeploy(world)]);
    }
    if (may(world, "cancel") && world.lease) {
      const after = clone(spend(world, "cancel"));
      arrange(after, lease.cancelled());
      faults.push(["cancelled by its owner", after]);
    }
    return faults;
  }

  function stepsOf(world: World): [string, World][] {
    const due = world.timers.filter(({ at }) => at <= 0);
    const steps = [
      ...due.flatMap((timer) => turnsOf(world, timer)),
      ...world.acting.flatMap((action) => endsOf(world, action)),
      ...deploymentFaults(world),
    ];
    if (hasCron && world.lease && world.lease.wakeAt <= 0) {
      steps.push(["cron", look(world)]);
    }
    // Time passes over what is due only where the scheduler is late.
    if (due.length === 0) steps.push(["time", later(world)]);
    else if (may(world, "late")) {
      steps.push(["time, scheduler late", later(spend(world, "late"))]);
    }
    return steps.map(([name, after]) => [name, renumber(after)]);
  }

  /** The function is deployed first; then what is due runs; then time passes. Nothing fails by chance. */
  function fair(world: World): World | null {
    if (!world.deployed || !world.handle) return renumber(redeploy(world));
    const due = world.timers.find(({ at }) => at <= 0);
    if (due) {
      const [, after] = turnsOf({ ...world, total: 0 }, due)[0]!;
      return renumber({ ...after, total: world.total });
    }
    const [action] = world.acting;
    if (action) {
      const after = clone(world);
      after.acting = after.acting.slice(1);
      report(after, action.attempt, true);
      return renumber(after);
    }
    if (world.timers.length === 0) {
      if (!world.lease) return null;
      if (world.lease.wakeAt <= 0) {
        return hasCron ? renumber(look(world)) : null;
      }
    }
    return renumber(later(world));
  }

  function broken(world: World): string | null {
    const { done, skipped, timers, lease: held } = world;
    const skips = (item: number) => skipped[item] ?? 0;
    if (done.some((times) => times > 1)) return "an item is done twice";
    if (done.some((times, item) => times > 0 && skips(item) > 0)) {
      return "an item is done and left out";
    }
    if (skipped.some((times) => times > 1)) return "an item is left out twice";
    if (world.stolen) return "an attempt that lost its lease is heard";
    if (world.reports > 1) return "an end is written twice";
    if (held && world.end) return "over and not over";
    const runs = timers.filter(
      ({ what, attempt }) =>
        what === "run" && (attempt === held?.attempt || makes("noFence")),
    );
    if (held && runs.length > 1)
      return "two scheduled functions hold one lease";
    if (timers.length > 8) return "scheduled functions pile up";
    const isWhole = done.every((times, item) => times + skips(item) === 1);
    return items > 0 && world.end === "completed" && !isWhole
      ? "completed without an item"
      : null;
  }

  function unrest(world: World): string | null {
    if (world.lease) return "stuck";
    if (world.end === "cancelled" || world.gaveUpWaiting) return null;
    if (items === 0) {
      return world.end === "discarded" && world.excuses < policy.maxTries
        ? "given up too soon"
        : null;
    }
    if (world.end !== "completed") return `rests as ${world.end}`;
    const isBad = (item: number) => poison.has(item) || throwing.has(item);
    const goodOnesSkipped = world.skipped.filter(
      (times, item) => times > 0 && !isBad(item),
    ).length;
    // An item alone that throws, or dies as often as is allowed, may be left out.
    if (goodOnesSkipped > world.excuses) return "a good item is left out";
    return world.done.some((times, item) => times > 0 && isBad(item))
      ? "a bad item is done"
      : null;
  }

  const zeros = () => Array<number>(Math.max(1, items)).fill(0);
  const initial: World = {
    lease: null,
    end: null,
    cursor: 0,
    done: zeros(),
    skipped: zeros(),
    reports: 0,
    timers: [],
    ended: {},
    lifeline: null,
    acting: [],
    deployed: true,
    handle: true,
    nextId: 0,
    left: options.faults,
    total: options.total ?? 3,
    excuses: 0,
    gaveUpWaiting: false,
    stolen: false,
  };
  arrange(initial, lease.begin(0, policy));
  return { initial: renumber(initial), steps: stepsOf, broken, fair, unrest };
}

function may(world: World, fault: Fault): boolean {
  return world.total > 0 && (world.left[fault] ?? 0) > 0;
}

const EXCUSES: Fault[] = ["die", "throws", "import", "late"];

function spend(world: World, fault: Fault): World {
  return {
    ...world,
    total: world.total - 1,
    excuses: world.excuses + (EXCUSES.includes(fault) ? 1 : 0),
    left: { ...world.left, [fault]: (world.left[fault] ?? 0) - 1 },
  };
}

function later(before: World): World {
  const world = clone(before);
  for (const timer of world.timers) timer.at = Math.max(-2, timer.at - 1);
  if (world.lease) world.lease.wakeAt = Math.max(-2, world.lease.wakeAt - 1);
  if (world.lifeline !== null) {
    world.lifeline = Math.max(-3, world.lifeline - 1);
  }
  return world;
}

function clone(world: World): World {
  return {
    ...world,
    lease: world.lease && { ...world.lease },
    done: [...world.done],
    skipped: [...world.skipped],
    timers: world.timers.map((timer) => ({ ...timer })),
    ended: { ...world.ended },
    acting: world.acting.map((action) => ({ ...action })),
  };
}

/** Ids and attempts are only compared, so states that differ by them alone are one. */
function renumber(world: World): World {
  const { timers, acting, lease: held } = world;
  const ids = places([
    ...timers.map(({ id }) => id),
    ...(held?.timer ? [Number(held.timer)] : []),
    ...acting.map(({ timer }) => timer),
  ]);
  const attempts = places([
    ...timers.map(({ attempt }) => attempt),
    ...(held ? [held.attempt] : []),
    ...acting.map(({ attempt }) => attempt),
  ]);
  const ended: World["ended"] = {};
  for (const [id, how] of Object.entries(world.ended)) {
    const place = ids.get(Number(id));
    if (place !== undefined) ended[place] = how;
  }
  const timerOf = (timer: string) =>
    String(ids.get(Number(timer))) as Lease["timer"];
  return {
    ...world,
    ended,
    nextId: ids.size,
    timers: timers
      .map((timer) => ({
        ...timer,
        id: ids.get(timer.id)!,
        attempt: attempts.get(timer.attempt)!,
      }))
      .sort((a, b) => a.id - b.id),
    lease: held && {
      ...held,
      attempt: attempts.get(held.attempt)!,
      timer: held.timer === null ? null : timerOf(held.timer),
    },
    acting: acting.map(({ attempt, timer }) => ({
      attempt: attempts.get(attempt)!,
      timer: ids.get(timer)!,
    })),
  };
}

/** Each number's place in order. */
function places(numbers: number[]): Map<number, number> {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return new Map(sorted.map((number, place) => [number, place]));
}
