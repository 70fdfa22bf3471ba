/**
 * What an operator does to documents and people, as functions for the host to export.
 *
 * @module
 */
import type { FunctionVisibility } from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import type { OperatorBuilder } from "../host/operator.js";
import { vErasure, vPerson } from "../shared/person.js";
import type { SystemHistory } from "./history.js";
import { vExportPageOf } from "./person.js";
import type { SystemOperations } from "./system.js";

/** What `docs.operator()` returns. */
export type DocsOperatorFunctions<
  Visibility extends FunctionVisibility,
  F extends PropertyValidators = Record<never, never>,
> = ReturnType<typeof createOperator<Visibility, F>>;

/** What `docs.operator()` returns besides, with the option `history`. */
export type HistoryOperatorFunctions<Visibility extends FunctionVisibility> =
  ReturnType<typeof createHistoryOperator<Visibility>>;

const byId = { id: v.string() };

/** See `Docs.operator`. */
export function createOperator<
  Visibility extends FunctionVisibility,
  F extends PropertyValidators,
>(
  build: OperatorBuilder<Visibility>,
  system: Pick<
    SystemOperations<F>,
    "hold" | "release" | "erase" | "erasure" | "exportPage"
  >,
) {
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
    exportPage: build.query({
      args: {
        ...vPerson.fields,
        cursor: v.optional(v.union(v.null(), v.string())),
      },
      returns: vExportPageOf<F>(),
      handler: (ctx, args) => system.exportPage(ctx, args),
    }),
  };
}

/** See `createOperator`. */
export function createHistoryOperator<Visibility extends FunctionVisibility>(
  build: OperatorBuilder<Visibility>,
  system: SystemHistory,
) {
  return {
    forgetRevision: build.mutation({
      args: { ...byId, version: v.number() },
      returns: v.null(),
      handler: (ctx, args) => system.forgetRevision(ctx, args),
    }),
  };
}
