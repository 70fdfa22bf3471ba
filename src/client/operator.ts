/**
 * What an operator does to documents and people, as functions for the host to export.
 *
 * @module
 */
import type { FunctionVisibility } from "convex/server";
import { v, type PropertyValidators, type Validator } from "convex/values";
import type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
import type { OperatorBuilder } from "../host/operator.js";
import { vErasure, vPerson } from "../shared/person.js";
import type { SystemHistory } from "./history.js";
import { vExportPageOf } from "./person.js";
import type { SystemOperations } from "./system.js";
import type { NoViews } from "./views.js";

/** What `docs.operator()` returns. */
export type DocsOperatorFunctions<
  Visibility extends FunctionVisibility,
  F extends PropertyValidators = Record<never, never>,
  Id extends string = string,
> = ReturnType<typeof createOperator<Visibility, F, Id>>;

/** What `docs.operator()` returns besides, with the option `history`. */
export type HistoryOperatorFunctions<
  Visibility extends FunctionVisibility,
  Id extends string = string,
> = ReturnType<typeof createHistoryOperator<Visibility, Id>>;

/** The id of a document of the mount. */
function byId<Id extends string>() {
  return { id: v.string() as Validator<Id> };
}

/** See `Docs.operator`. */
export function createOperator<
  Visibility extends FunctionVisibility,
  F extends PropertyValidators,
  Id extends string,
>(
  build: OperatorBuilder<Visibility>,
  system: Pick<
    SystemOperations<F, RunQueryCtx, RunMutationCtx, NoViews, false, F, Id>,
    "hold" | "release" | "erase" | "erasure" | "exportPage"
  >,
) {
  const ofPerson = { userId: v.string() };
  return {
    hold: build.mutation({
      args: byId<Id>(),
      returns: v.null(),
      handler: (ctx, args) => system.hold(ctx, args),
    }),
    release: build.mutation({
      args: byId<Id>(),
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
export function createHistoryOperator<
  Visibility extends FunctionVisibility,
  Id extends string,
>(build: OperatorBuilder<Visibility>, system: SystemHistory<Id>) {
  return {
    forgetRevision: build.mutation({
      args: { ...byId<Id>(), version: v.number() },
      returns: v.null(),
      handler: (ctx, args) => system.forgetRevision(ctx, args),
    }),
  };
}
