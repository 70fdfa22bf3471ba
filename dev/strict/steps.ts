/**
 * The steps of an action: each call of its `ctx`, and of `fetch`. Between two of them it may die.
 */
import { current, never, type Frame } from "./frame.js";
import type { Ctx } from "./internals.js";

/** Does one step of an action, unless the action dies before it, or after it. */
export async function step<T>(
  frame: Frame,
  work: () => Promise<T>,
): Promise<T> {
  if (frame.dead) return await never();
  frame.steps += 1;
  const death = frame.deployment.faults.takeKill(frame);
  if (death === "before") return await dead(frame);
  const result = await work();
  if (death === "after") return await dead(frame);
  return result;
}

async function dead(frame: Frame): Promise<never> {
  frame.die(new Error("The action died."));
  return await never();
}

type Run = (target: unknown, ...rest: unknown[]) => Promise<unknown>;

/** An action's `ctx`, each call of which is a step. */
export function stepping(frame: Frame, ctx: Ctx): Ctx {
  const through =
    (run: Run): Run =>
    async (reference, ...rest) => {
      const target = await frame.deployment.referenceOf(reference);
      const call = { from: frame };
      return await step(frame, () =>
        current.run({ call }, async () => await run(target, ...rest)),
      );
    };
  return {
    ...ctx,
    runQuery: through(ctx["runQuery"] as Run),
    runMutation: through(ctx["runMutation"] as Run),
    runAction: through(ctx["runAction"] as Run),
  };
}
