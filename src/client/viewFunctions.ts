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

/** See `Docs.buildViews`. */
export type BuildViews = RegisteredMutation<
  "internal",
  { again?: boolean },
  Promise<ViewStatus[]>
>;
/** See `Docs.dropView`. */
export type DropView = RegisteredMutation<
  "internal",
  { view: string },
  Promise<number>
>;
/** See `Docs.viewStatus`. */
export type GetViewStatus = RegisteredQuery<
  "internal",
  Record<never, never>,
  Promise<ViewStatus[]>
>;

/** See `Docs.buildViews`. */
export function createBuildViews({ component, rules }: DocsState): BuildViews {
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
export function createDropView({ component, rules }: DocsState): DropView {
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
}: DocsState): GetViewStatus {
  return internalQueryGeneric({
    args: {},
    returns: v.array(vViewStatus),
    handler: async (ctx) => {
      const { status } = component.views;
      return await invoke(() => ctx.runQuery(status, { rules }));
    },
  });
}
