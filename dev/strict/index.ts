/**
 * A `convexTest` that follows the backend's rules: see README.md.
 *
 * @example
 * const t = strict(convexTest)({ schema, modules, transactionLimits: true });
 * const deployment = deploymentOf(t);
 * deployment.deploy({ rename: { "jobs:pull": "jobs:pullAll" } }); // the handles of jobs:pull are dead
 * deployment.conflict("jobs:fetchAll", 2); // its next call runs three times and commits once
 * expect(deployment.largest("nested").nested).toBeLessThanOrEqual(8);
 */
import { Deployment } from "./deployment.js";
import { current, currentFrame, type Call, type Kind } from "./frame.js";
import { kindOf } from "./functions.js";
import {
  asTest,
  make,
  mismatch,
  optionsOf,
  type Accessor,
  type ConvexTest,
  type Ctx,
  type Handler,
  type Modules,
  type Root,
} from "./internals.js";
import { limitsForConvexTest } from "./limits.js";
import { EVERY_RULE, type Rules } from "./rules.js";
import { run } from "./run.js";
import { install } from "./syscalls.js";

export type { Deployment } from "./deployment.js";

const deployments = new WeakMap<object, Deployment>();

/** The deployment behind a strict `t`, or behind what its `withIdentity` returns. */
export function deploymentOf(t: object): Deployment {
  const found = deployments.get(t);
  if (found) return found;
  throw new Error("This t was not made by strict(convexTest).");
}

/** Strict → the convexTest that it was made of. */
const originals = new WeakMap<object, ConvexTest>();

/**
 * `convexTest`, strict. Every rule is on unless it is switched off here. One that is strict already gets these rules instead.
 * `onMade` is told of each deployment.
 */
export function strict(
  convexTest: ConvexTest,
  rules: Partial<Rules> | (() => Rules) = {},
  onMade: (deployment: Deployment) => void = () => undefined,
): ConvexTest {
  const real = originals.get(convexTest) ?? convexTest;
  const strictTest = (given?: unknown, modules?: Modules) => {
    const t = makeStrict(
      real,
      typeof rules === "function" ? rules() : { ...EVERY_RULE, ...rules },
      optionsOf(given, modules),
    );
    onMade(deploymentOf(t));
    return t;
  };
  originals.set(strictTest, real);
  return strictTest as unknown as ConvexTest;
}

function makeStrict(
  real: ConvexTest,
  rules: Rules,
  options: ReturnType<typeof optionsOf>,
) {
  const deployment = new Deployment(rules, options.transactionLimits);
  const limits = limitsForConvexTest(options.transactionLimits, rules);
  const t = make(real, {
    ...options,
    ...(options.modules
      ? { modules: deployment.functions.load("", options.modules) }
      : {}),
    ...(limits === undefined ? {} : { transactionLimits: limits }),
  });
  install();
  const root: Root = {
    ...accessor(deployment, t),
    registerComponent: (path, schema, modules) =>
      t.registerComponent(
        path,
        schema,
        deployment.functions.load(path, modules),
      ),
  };
  deployments.set(root, deployment);
  deployment.accessor = root;
  return asTest(root);
}

function accessor(deployment: Deployment, t: Accessor): Accessor {
  const inFrame =
    (kind: Kind, handler: unknown, component = "") =>
    (ctx: Ctx) => {
      const target = { kind, path: "inline", component };
      return run(deployment, target, ctx, undefined, handler as Handler);
    };
  const call =
    (kind: Kind, method: Accessor["query"]): Accessor["query"] =>
    async (what, ...rest) => {
      const isInline = typeof what === "function" && !kindOf(what);
      const target = isInline
        ? inFrame(kind, what)
        : await deployment.referenceOf(what);
      return await entering(() => method(target, ...rest));
    };
  const wrapped: Accessor = {
    ...t,
    query: call("query", (...args) => t.query(...args)),
    mutation: call("mutation", (...args) => t.mutation(...args)),
    action: call("action", (...args) => t.action(...args)),
    run: (handler) => entering(() => t.run(inFrame("mutation", handler))),
    runInComponent: (component, handler) =>
      entering(() =>
        t.runInComponent(component, inFrame("mutation", handler, component)),
      ),
    withIdentity: (identity) => accessor(deployment, t.withIdentity(identity)),
    withRequestMetadata: (metadata) =>
      accessor(deployment, t.withRequestMetadata(metadata)),
  };
  deployments.set(wrapped, deployment);
  return wrapped;
}

/** Calls a function, and makes sure that it ran in a frame: otherwise no rule would have looked at it. */
async function entering(work: () => Promise<unknown>): Promise<unknown> {
  const call: Call = { from: currentFrame() };
  const result = await current.run({ call }, work);
  if (call.entered) return result;
  throw mismatch("a function ran without the handler that was put around it.");
}
