/**
 * Documents for the host to judge.
 *
 * @module
 */
import { invoke, type RunQueryCtx } from "../host/component.js";
import type { Actor, Loaded } from "../shared/documents.js";
import type { DocsState } from "./options.js";

/** What else there is to say about what is read. */
type Loading = {
  allowance?: { largest: number; uncounted: number };
  /** Who sees only what is published of a document that is ahead gets that. */
  workingCopy?: boolean;
};

/** What these ids name, in order, and what the actor was given of it. */
export async function load(
  { component }: Pick<DocsState, "component">,
  ctx: RunQueryCtx,
  actor: Actor,
  ids: string[],
  loading: Loading = {},
): Promise<Loaded[]> {
  const { load: query } = component.documents;
  const call = { actor, ids, ...loading };
  return await invoke(() => ctx.runQuery(query, call));
}
