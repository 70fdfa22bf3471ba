/**
 * A deployment that follows the backend's rules: what happens to it on command, and what it has counted.
 */
import type { GenericMutationCtx, GenericDataModel } from "convex/server";
import { Faults, type When } from "./faults.js";
import { Functions, type Deploy } from "./functions.js";
import type { Transaction } from "./frame.js";
import { mismatch, type Accessor } from "./internals.js";
import { limitsOf, type GivenLimits, type Limits } from "./limits.js";
import type { Rule } from "./rule.js";
import { RULE_NAMES, RULES, type Rules } from "./rules.js";
import { Handles } from "./rules/handles.js";
import { OldIds } from "./rules/oldIds.js";
import { run } from "./run.js";

export interface LogLine {
  readonly level: string;
  readonly path: string;
  readonly text: string;
}

/** Log lines that a deployment remembers. */
const MAX_LOG_LINES = 20_000;

/** Functions go by `component:module:name`, those of the app by `module:name`. */
export class Deployment {
  /** Top-level transactions, the last 20,000 of them. Those that conflicted are not among them. */
  readonly transactions: Transaction[] = [];
  /** What the deployment's log would show, the last 20,000 lines of it. */
  readonly logs: LogLine[] = [];
  readonly rules: Rules;
  /** The rules that are on. */
  readonly active: readonly Rule[];
  readonly limits: Limits;
  readonly enforce: boolean;
  readonly faults = new Faults();
  readonly functions: Functions;
  readonly handles: Handles;
  readonly oldIds = new OldIds();
  /** Called before each action and HTTP action. */
  fresh: () => void | Promise<void> = () => undefined;
  #accessor: Accessor | null = null;

  constructor(rules: Rules, limits: GivenLimits | undefined) {
    this.rules = rules;
    this.active = RULE_NAMES.filter((name) => rules[name]).map(
      (name) => RULES[name],
    );
    this.enforce = limits !== undefined && limits !== false;
    this.limits = limitsOf(limits);
    this.functions = new Functions((...call) => run(this, ...call));
    this.handles = new Handles((target) => this.functions.exists(target));
  }

  log(line: LogLine): void {
    if (this.logs.length >= MAX_LOG_LINES) this.logs.shift();
    this.logs.push(line);
  }

  /** A deploy: functions that are gone or have another name. Their handles are dead. */
  deploy(what: Deploy): void {
    this.functions.deploy(what);
  }
  /** The deploy that puts everything back. The handles of what is back are alive again. */
  redeploy(): void {
    this.functions.redeploy();
  }

  /** `convex export`, and `convex import` into another deployment: rows stay, handles mean nothing, nothing is scheduled. */
  async importElsewhere(): Promise<void> {
    this.handles.forget();
    await this.cancelAllScheduled();
  }

  /** The dashboard's "cancel all". Answers with how many were canceled. */
  async cancelAllScheduled(): Promise<number> {
    let count = 0;
    for (const component of this.functions.components) {
      await this.#t.runInComponent(component, async (within) => {
        const ctx = within as unknown as GenericMutationCtx<GenericDataModel>;
        const calls = await ctx.db.system
          .query("_scheduled_functions")
          .collect();
        for (const { _id, state } of calls) {
          if (state.kind !== "pending") continue;
          await ctx.scheduler.cancel(_id);
          count += 1;
        }
      });
    }
    return count;
  }

  /** The next top-level call of a mutation conflicts this often. More than four times is an error, unless it is scheduled. */
  conflict(name: string, times = 1): void {
    this.faults.conflict(name, times);
  }
  /** The next calls of a query or mutation run out of time, which nothing can catch. */
  timeout(name: string, times = 1, when: When = "after"): void {
    this.faults.timeout(name, times, when);
  }
  /** The next call of an action dies at its n-th step, from 1: a call of its `ctx`, or of `fetch`. */
  kill(name: string, step: number, when: When = "before"): void {
    this.faults.kill(name, step, when);
  }

  /** `app.use(…, { httpPrefix })`, for the app's own routes. */
  httpPrefix(prefix: string): void {
    this.functions.httpPrefix = prefix.replace(/\/$/, "");
  }
  /** Called before each action: `() => void vi.resetModules()` gives each of them fresh modules. */
  freshContext(fresh: () => void | Promise<void>): void {
    this.fresh = fresh;
  }
  /** The spelling that a document's id had before. `db.normalizeId` takes it, `db.get` does not. */
  oldSpelling(id: string): string {
    return this.oldIds.spell(id);
  }

  /** The transaction that did most of something. */
  largest(
    of: "nested" | "handles" | "ranges" | "scheduled" | "depth",
  ): Transaction {
    const [first, ...rest] = this.transactions;
    if (!first) throw new Error("This deployment has run no transaction.");
    return rest.reduce((most, tx) => (tx[of] > most[of] ? tx : most), first);
  }

  /** A function reference as convex-test knows it. */
  async referenceOf(reference: unknown): Promise<unknown> {
    const isHandle =
      typeof reference === "string" && reference.startsWith("function://");
    return isHandle && this.rules.handles
      ? await this.handles.resolve(reference)
      : reference;
  }

  /** What reaches into the deployment. */
  set accessor(t: Accessor) {
    this.#accessor = t;
  }
  get #t(): Accessor {
    if (!this.#accessor) throw mismatch("the deployment has no accessor.");
    return this.#accessor;
  }
}
