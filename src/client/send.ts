/**
 * One call into one of the component's writing functions.
 *
 * @module
 */
import type { FunctionReference } from "convex/server";
import type {
  Actor,
  Change,
  Draft,
  Mode,
  Outcome,
  Target,
  Transfer,
} from "../shared/validators.js";
import type { Core } from "./core.js";
import type { WriteOperation } from "./hooks.js";
import { invoke } from "./invoke.js";
import type { RunMutationCtx } from "./types.js";

/** What is asked of one document. Each operation takes one of these kinds; the methods of `Docs` pair them. */
export type Item = Draft | Change | Target | Transfer;

/** Who does what to which documents. */
export type Call = {
  operation: WriteOperation;
  actor: Actor;
  mode: Mode;
  items: Item[];
  dryRun?: boolean;
  withDocuments?: boolean;
};

type Writer = FunctionReference<
  "mutation",
  "internal",
  Omit<Call, "operation"> & { rules: string },
  Outcome[]
>;

/** Where to, and what the documents look like. */
export type Mount = Pick<Core, "component" | "rules">;

/** Calls the function that does what is asked. Its refusals come as errors or, in partial mode, as outcomes. */
export async function send(
  { component, rules }: Mount,
  ctx: RunMutationCtx,
  { operation, ...call }: Call,
): Promise<Outcome[]> {
  // The functions differ in the item they take, and their own validators check it.
  const writer = component.documents[operation] as unknown as Writer;
  return await invoke(() => ctx.runMutation(writer, { ...call, rules }));
}
