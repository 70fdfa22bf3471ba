import type { Call, Outcome } from "./call.js";
import type { Engine } from "./engine.js";
import { nextTask, unref } from "./task.js";

/** How often to poll for commits of scheduled functions and running actions (ms). */
const WATCH_INTERVAL = 20;

/** How often a refresh starts over because a background commit overtook it, before it stops all other work. */
const OVERTAKEN_LIMIT = 3;

/** A query's result as sessions compare it: equal fingerprints mean there is nothing new to send. */
export interface LiveResult {
  outcome: Outcome;
  fingerprint: string;
}

/** What one session needs to be brought up to date. */
export interface Plan {
  /** The queries to answer; those with equal keys have equal answers. */
  queries: Map<number, Call & { key: string }>;
  /** Sends the changes. Every result is of the same version of the database. */
  deliver(version: bigint, results: Map<string, LiveResult>): void;
}

/** A connected client. */
export interface Subscriber {
  /** What it needs now, or null if it needs nothing any more. */
  plan(): Plan | null;
  /** It could not be brought up to date, and is not tried again. */
  crash(error: unknown): void;
}

/**
 * Keeps the query results of all sessions current.
 *
 * After every commit, each distinct query (identity, path, arguments) runs once, all against one version
 * of the database, and each session gets its changes in one transition. Commits that arrive during a
 * refresh are covered by one next refresh.
 */
export class Live {
  readonly #engine: Engine;
  readonly #turn: Turn;
  readonly #onFailure: (path: string, detail: string) => void;
  readonly #subscribers = new Set<Subscriber>();
  readonly #watch: ReturnType<typeof setInterval>;
  /** Results by key, all of `#version`. */
  #results = new Map<string, LiveResult>();
  #version = -1n;
  #requested = false;
  #running = false;

  constructor(
    engine: Engine,
    turn: Turn,
    onFailure: (path: string, detail: string) => void,
  ) {
    this.#engine = engine;
    this.#turn = turn;
    this.#onFailure = onFailure;
    this.#watch = setInterval(() => void this.#look(), WATCH_INTERVAL);
    unref(this.#watch);
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  close(): void {
    clearInterval(this.#watch);
    this.#subscribers.clear();
  }

  /** Asks for a refresh that starts after this call. */
  request(): void {
    this.#requested = true;
    if (!this.#running) void this.#loop();
  }

  /** Only the engine knows what was committed in the background, and it has no event to subscribe to. */
  async #look(): Promise<void> {
    if (this.#running || this.#subscribers.size === 0) return;
    if ((await this.#engine.version()) !== this.#version) this.request();
  }

  async #loop(): Promise<void> {
    this.#running = true;
    try {
      while (this.#requested) {
        // Mutations that are ready to run go first: one refresh then covers them all.
        await nextTask();
        await this.#turn.take(() => this.#refresh());
      }
    } finally {
      this.#running = false;
    }
  }

  async #refresh(): Promise<void> {
    this.#requested = false;
    const plans = new Map<Subscriber, Plan>();
    for (const subscriber of this.#subscribers) {
      this.#try(subscriber, () => {
        const plan = subscriber.plan();
        if (plan !== null) plans.set(subscriber, plan);
      });
    }
    const calls = new Map(
      [...plans.values()].flatMap(({ queries }) =>
        [...queries.values()].map((call) => [call.key, call]),
      ),
    );
    await this.#answer(calls);
    for (const [subscriber, plan] of plans) {
      this.#try(subscriber, () => plan.deliver(this.#version, this.#results));
    }
  }

  /** One client's trouble is not the others'. */
  #try(subscriber: Subscriber, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.remove(subscriber);
      subscriber.crash(error);
    }
  }

  /** Brings `#results` to one version for exactly these calls. */
  async #answer(calls: Map<string, Call>): Promise<void> {
    const known = this.#results;
    for (let attempt = 0; attempt < OVERTAKEN_LIMIT; attempt++) {
      const version = await this.#engine.version();
      const results = await this.#run(
        calls,
        version === this.#version ? known : new Map<string, LiveResult>(),
        known,
      );
      if ((await this.#engine.version()) === version) {
        this.#results = results;
        this.#version = version;
        return;
      }
    }
    this.#version = await this.#engine.frozen(async () => {
      this.#results = await this.#run(calls, new Map(), known);
    });
  }

  async #run(
    calls: Map<string, Call>,
    current: Map<string, LiveResult>,
    previous: Map<string, LiveResult>,
  ): Promise<Map<string, LiveResult>> {
    const results = new Map<string, LiveResult>();
    for (const [key, call] of calls) {
      const result =
        current.get(key) ?? toResult(await this.#engine.call("query", call));
      results.set(key, result);
      const { outcome, fingerprint } = result;
      if (!outcome.ok && previous.get(key)?.fingerprint !== fingerprint)
        this.#onFailure(call.path, outcome.failure.detail);
    }
    return results;
  }
}

/** The request id, new in every run, does not make a failure a different one. */
function toResult(outcome: Outcome): LiveResult {
  if (outcome.ok)
    return { outcome, fingerprint: `ok ${JSON.stringify(outcome.value)}` };
  const { data, detail } = outcome.failure;
  return {
    outcome,
    fingerprint: `failed ${JSON.stringify(data)} ${detail.replace(/^\[[^\]]*\]/, "")}`,
  };
}

/**
 * First come, first served: one task at a time.
 *
 * Client mutations and the refresh of live queries take turns, so that a refresh reads one
 * state of the database and the mutations that queue up meanwhile are covered by one next refresh.
 */
export class Turn {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs `task` after all earlier ones have settled; a failing task does not stop later ones. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
