/**
 * Documents for the host to judge.
 *
 * @module
 */
import { invoke, type RunQueryCtx } from "../host/component.js";
import type { Actor, Loaded } from "../shared/documents.js";
import type { DocsState } from "./options.js";

/** What these ids name, in order, and what the actor was given of it. */
export async function load(
  { component }: Pick<DocsState, "component">,
  ctx: RunQueryCtx,
  actor: Actor,
  ids: string[],
  allowance: { largest: number; uncounted: number } | null,
): Promise<Loaded[]> {
  const { load: query } = component.documents;
  const call = allowance ? { actor, ids, allowance } : { actor, ids };
  return await invoke(() => ctx.runQuery(query, call));
}
