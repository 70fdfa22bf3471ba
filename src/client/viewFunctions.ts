/**
 * What an operator of views calls: functions for the host to export.
 *
 * @module
 */
import {
  internalMutationGeneric,
  internalQueryGeneric,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import { v } from "convex/values";
import { invoke } from "../host/component.js";
import { vViewStatus, type ViewStatus } from "../shared/views.js";
import type { DocsState } from "./options.js";

/*
 * The types of registered functions are written out where they are used: a function reference takes its arguments and its result
 * from `RegisteredMutation<…>` itself, which another name for it hides.
 */

/** See `Docs.buildViews`. */
export function createBuildViews({
  component,
  rules,
}: DocsState): RegisteredMutation<
  "internal",
  { again?: boolean },
  Promise<ViewStatus[]>
> {
  return internalMutationGeneric({
    args: { again: v.optional(v.boolean()) },
    returns: v.array(vViewStatus),
    handler: async (ctx, { again = false }) => {
      const { build } = component.views;
      return await invoke(() => ctx.runMutation(build, { rules, again }));
    },
  });
}

/** See `Docs.dropView`. */
export function createDropView({
  component,
  rules,
}: DocsState): RegisteredMutation<
  "internal",
  { view: string },
  Promise<number>
> {
  return internalMutationGeneric({
    args: { view: v.string() },
    returns: v.number(),
    handler: async (ctx, { view }) => {
      const { drop } = component.views;
      return await invoke(() => ctx.runMutation(drop, { rules, view }));
    },
  });
}

/** See `Docs.viewStatus`. */
export function createViewStatus({
  component,
  rules,
}: DocsState): RegisteredQuery<
  "internal",
  Record<never, never>,
  Promise<ViewStatus[]>
> {
  return internalQueryGeneric({
    args: {},
    returns: v.array(vViewStatus),
    handler: async (ctx) => {
      const { status } = component.views;
      return await invoke(() => ctx.runQuery(status, { rules }));
    },
  });
}
