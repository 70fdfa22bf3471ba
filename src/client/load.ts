/**
 * Reads on the host's behalf: where the host decides, it has to see the document first.
 *
 * @module
 */
import { ownerOf } from "../shared/access.js";
import type { Actor, StoredDocument, Target } from "../shared/validators.js";
import type { Core } from "./core.js";
import { invoke } from "./invoke.js";
import type { RunQueryCtx } from "./types.js";

/** Acts where the host and not the component decides. */
export const SYSTEM: Actor = { kind: "system", reason: "the host decides" };

/** The documents that the targets name, in their places. */
export async function loadMany(
  { component, maxGetItems }: Pick<Core, "component" | "maxGetItems">,
  ctx: RunQueryCtx,
  targets: Target[],
): Promise<(StoredDocument | null)[]> {
  const { get } = component.documents;
  const found: (StoredDocument | null)[] = [];
  for (let at = 0; at < targets.length; at += maxGetItems) {
    const few = targets.slice(at, at + maxGetItems);
    const call = { actor: SYSTEM, ids: few.map(({ id }) => id) };
    found.push(...(await invoke(() => ctx.runQuery(get, call))));
  }
  return found;
}

/** The document that an actor's own key names. */
export async function loadByKey(
  { component }: Pick<Core, "component">,
  ctx: RunQueryCtx,
  actor: Actor,
  { ownerId, key }: { ownerId?: string; key: string },
): Promise<StoredDocument | null> {
  const owner = ownerOf(actor, ownerId);
  // An owner or a key that cannot be is the component's to refuse.
  if (owner.refusal) return null;
  const { getByKey } = component.documents;
  const call = { actor: SYSTEM, ownerId: owner.ownerId, key };
  return await invoke(() => ctx.runQuery(getByKey, call));
}
