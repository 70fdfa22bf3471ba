/**
 * Scheduled functions across the end of a worker.
 *
 * @module
 */
import { convexToJson, type Value } from "convex/values";
import type { Component, Engine } from "../deployment/core/engine.js";
import type { Held } from "../deployment/core/state.js";
import { kindOf } from "../strict/functions.js";
import { realSyscalls } from "../strict/internals.js";
import type { Row } from "./database.js";

const TABLE = "_scheduled_functions";

/** The document of a scheduled function. */
type Scheduled = {
  /** `module:export`. */
  name: string;
  args: [Value];
  /** ms since 1970. */
  scheduledTime: number;
  state: { kind: "pending" | "inProgress" | "success" | "failed" | "canceled" };
};

const scheduledOf = ({ document }: Row) => document as unknown as Scheduled;

export const isScheduled = ({ id }: Row): boolean => id.endsWith(TABLE);

/** Whether it is a scheduled function that will not run any more. */
export function isDone(row: Row): boolean {
  if (!isScheduled(row)) return false;
  const { kind } = scheduledOf(row).state;
  return kind !== "pending" && kind !== "inProgress";
}

/** Whose functions are scheduled. Their documents do not say it, so it is noted when they are made. */
export class Targets {
  readonly #targets = new Map<string, string>();

  get(component: string, id: string): string | undefined {
    return this.#targets.get(`${component} ${id}`);
  }
  forget(component: string, id: string): void {
    this.#targets.delete(`${component} ${id}`);
  }

  watch(state: Held): void {
    const { asyncSyscall } = state;
    state.asyncSyscall = async (op, json) => {
      const result = await asyncSyscall(op, json);
      if (op !== "1.0/schedule") return result;
      const { functionHandle } = JSON.parse(json) as {
        functionHandle?: string;
      };
      if (functionHandle === undefined) return result;
      const { componentPath } = JSON.parse(
        await asyncSyscall("1.0/getFunctionMetadata", "{}"),
      ) as { componentPath: string };
      const [target = ""] = functionHandle
        .replace("function://", "")
        .split(";");
      if (target !== componentPath) {
        const id = JSON.parse(result) as string;
        this.#targets.set(`${componentPath} ${id}`, target);
      }
      return result;
    };
  }
}

/**
 * Does what a deployment does when it starts: what waited goes on waiting, under its old id, a mutation that was cut short runs
 * again, and an action that was cut short has failed.
 */
export async function rearm(
  engine: Engine,
  modulesOf: (component: string) => Component["modules"],
  row: Row,
): Promise<void> {
  const { component, id, target = component } = row;
  const { name, args, scheduledTime, state } = scheduledOf(row);
  const isCut =
    state.kind === "inProgress" && (await isAction(modulesOf(target), name));
  if (isCut) {
    const failed = { state: { kind: "failed" }, completedTime: Date.now() };
    await engine.run(
      ({ db }) => db.patch(id as never, failed as never),
      component,
    );
    return;
  }
  await engine.run(async () => {
    const db = engine.held.components[component]?.db;
    if (!db) return;
    const { _nextDocId: next } = db;
    db._nextDocId = Number.parseInt(id, 10);
    // It takes its id before it first waits. The rules are not asked: this is no function's call.
    const made = realSyscalls().asyncSyscall(
      "1.0/schedule",
      JSON.stringify({
        functionHandle: `function://${target};${name}`,
        args: convexToJson(args[0]),
        ts: scheduledTime / 1000,
      }),
    );
    db._nextDocId = next;
    await made;
  }, component);
}

async function isAction(
  modules: Component["modules"],
  name: string,
): Promise<boolean> {
  const [module = "", exported = "default"] = name.split(":");
  const found = Object.entries(modules).find(
    ([path]) => path.replace(/^\.\/|\.[^.]+$/g, "") === module,
  );
  return kindOf((await found?.[1]())?.[exported]) === "action";
}
