/**
 * What time and a deployment do to the app of a page: due functions run, and crons are called.
 */
import { vi } from "vitest";
import { cronsOf } from "../../../dev/deployment/core/crons.js";
import { action, mutation, type pageApp } from "./pageApp.js";

type PageApp = Awaited<ReturnType<typeof pageApp>>;
type Deployment = ReturnType<PageApp["start"]>["t"];

/** Lets time pass, and what falls due run, to the second. */
export async function pass(t: Deployment, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    vi.advanceTimersByTime(Math.min(1_000, left));
    await t.finishInProgressScheduledFunctions();
  }
}

/** Calls what the page's `crons.ts` names, once each. Answers with what each call did, by the function's path. */
export async function callCrons({ load }: PageApp, t: Deployment) {
  const crons = (await load("convex/crons.ts"))["default"];
  const answers: Record<string, unknown> = {};
  for (const { name, args } of cronsOf(crons as never)) {
    const [module = "", exported = ""] = name.split(":");
    const called = (await load(`convex/${module}.ts`))[exported] as object;
    answers[name] =
      "isAction" in called
        ? await t.action(action(name), args[0])
        : await t.mutation(mutation(name), args[0]);
  }
  return answers;
}
