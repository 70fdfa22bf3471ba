/**
 * Public functions made with a host's own builders, such as those of `convex-helpers`.
 *
 * @module
 */
import {
  mutationGeneric,
  queryGeneric,
  type DefaultFunctionArgs,
  type Expand,
  type FunctionVisibility,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import { v, type PropertyValidators, type VNull } from "convex/values";
import type { ObjectJson } from "../shared/validatorJson.js";
import type { Definition, Make } from "./api.js";
import type { ArgumentShapes } from "./arguments.js";
import { LINKABLE } from "./links.js";

type NoArgs = Record<never, never>;

/** What a builder is given, as far as its type says. It has to take any `args` and `returns`, as Convex's own builders do. */
export type BuilderInput = {
  args: NoArgs;
  returns: VNull;
  handler: (ctx: unknown, args: NoArgs) => Promise<null>;
};

/**
 * What `docs.api()` makes its functions with: Convex's `mutation` and `query`, or functions around them. What a builder adds to
 * the arguments clients have to send; what it adds to `ctx` reaches `identify` and the hooks.
 */
export type ApiBuilders<
  MutationArgs extends DefaultFunctionArgs = NoArgs,
  MutationVisibility extends FunctionVisibility = "public",
  QueryArgs extends DefaultFunctionArgs = NoArgs,
  QueryVisibility extends FunctionVisibility = "public",
> = {
  /** Makes the functions that write. Default: Convex's own. */
  mutation?: (
    definition: BuilderInput,
  ) => RegisteredMutation<MutationVisibility, MutationArgs, unknown>;
  /** Makes the functions that read. Default: Convex's own. */
  query?: (
    definition: BuilderInput,
  ) => RegisteredQuery<QueryVisibility, QueryArgs, unknown>;
};

/** The functions of an `Api`, as builders make them. */
export type BuiltApi<
  Functions,
  MutationArgs extends DefaultFunctionArgs,
  MutationVisibility extends FunctionVisibility,
  QueryArgs extends DefaultFunctionArgs,
  QueryVisibility extends FunctionVisibility,
> = {
  [Name in keyof Functions]: Functions[Name] extends RegisteredMutation<
    "public",
    infer Args,
    infer Returns
  >
    ? RegisteredMutation<MutationVisibility, Added<Args, MutationArgs>, Returns>
    : Functions[Name] extends RegisteredQuery<
          "public",
          infer Args,
          infer Returns
        >
      ? RegisteredQuery<QueryVisibility, Added<Args, QueryArgs>, Returns>
      : never;
};

/** For each form of the arguments. */
type Added<
  Args extends DefaultFunctionArgs,
  More extends DefaultFunctionArgs,
> = keyof More extends never
  ? Args
  : Args extends unknown
    ? Expand<Args & More>
    : never;

/**
 * Registers functions with a host's builders.
 *
 * A builder gets the names of an operation's arguments, each with a validator that takes any value: it can add its own, and the
 * operation still finds everything that is wrong with the values at once.
 */
export function makeWith(
  // What they are given they take and pass on: more than their type says, for each operation something else.
  builders: { mutation?: unknown; query?: unknown },
  shapes: ArgumentShapes,
  isShared: boolean,
): Make {
  const { mutation = mutationGeneric, query = queryGeneric } = builders as {
    mutation?: Build;
    query?: Build;
  };
  const withNames = ({ operation, returns, handler }: Definition) => {
    const isLinkable = isShared && LINKABLE.includes(operation);
    const added = isLinkable ? ["linkToken"] : [];
    const names = [...namesOf(shapes, operation), ...added];
    return {
      args: Object.fromEntries(
        names.map((name) => [name, v.optional(v.any())]),
      ),
      returns,
      // A builder may leave what it has added among the arguments.
      handler: (ctx: unknown, args: object) => handler(ctx, pick(args, names)),
    };
  };
  return {
    mutation: (definition) => mutation(withNames(definition)),
    query: (definition) => query(withNames(definition)),
  };
}

type Build = (definition: {
  args: PropertyValidators;
  returns: Definition["returns"];
  handler: Definition["handler"];
}) => unknown;

/** The names of an operation's arguments, in all its forms. */
function namesOf(
  shapes: Partial<Record<string, ObjectJson>>,
  operation: Definition["operation"],
): string[] {
  const forms = ["", "Items", "ByView"].map(
    (form) => shapes[operation + form]?.fields,
  );
  return Object.keys(Object.assign({}, ...forms) as object);
}

function pick(args: object, names: string[]): object {
  return Object.fromEntries(
    Object.entries(args).filter(([name]) => names.includes(name)),
  );
}
