/**
 * Looking into the component from outside, as its own functions would.
 */
import type { MutationCtx } from "../../src/component/_generated/server.js";
import type { Deployment } from "./host.js";

/** Runs a function inside the component. convex-test can, though its types do not say so. */
export async function inComponent<T>(
  t: Deployment,
  run: (ctx: MutationCtx) => Promise<T>,
  name = "docs",
): Promise<T> {
  const within = t as unknown as {
    runInComponent(
      path: string,
      run: (ctx: MutationCtx) => Promise<T>,
    ): Promise<T>;
  };
  return await within.runInComponent(name, run);
}
