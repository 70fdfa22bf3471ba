/**
 * What an operator does to documents and people, as functions for the host to export.
 *
 * @module
 */
import type { FunctionVisibility } from "convex/server";
import { v } from "convex/values";
import type { OperatorBuilder } from "../host/operator.js";
import { vErasure, vPerson } from "../shared/person.js";
import type { SystemOperations } from "./system.js";

/** What `docs.operator()` returns. */
export type DocsOperatorFunctions<Visibility extends FunctionVisibility> =
  ReturnType<typeof createOperator<Visibility>>;

/** What the functions call. */
type Operated = Pick<
  SystemOperations<Record<never, never>>,
  "hold" | "release" | "erase" | "erasure"
>;

/** See `Docs.operator`. */
export function createOperator<Visibility extends FunctionVisibility>(
  build: OperatorBuilder<Visibility>,
  system: Operated,
) {
  const byId = { id: v.string() };
  const ofPerson = { userId: v.string() };
  return {
    hold: build.mutation({
      args: byId,
      returns: v.null(),
      handler: (ctx, args) => system.hold(ctx, args),
    }),
    release: build.mutation({
      args: byId,
      returns: v.null(),
      handler: (ctx, args) => system.release(ctx, args),
    }),
    erase: build.mutation({
      args: vPerson.fields,
      returns: v.object({ runId: v.string() }),
      handler: (ctx, args) => system.erase(ctx, args),
    }),
    erasure: build.query({
      args: ofPerson,
      returns: v.union(v.null(), vErasure),
      handler: (ctx, args) => system.erasure(ctx, args),
    }),
  };
}
