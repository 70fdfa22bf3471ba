/**
 * Holding documents: whatever anybody does, and whatever is due, they and their revisions are there until they are released.
 *
 * @module
 */
import type { MutationCtx } from "../../component/_generated/server.js";
import { fail, notFound } from "../../shared/failures.js";
import { findDocument } from "../documents/read.js";

/**
 * Holds a document, in the trash too, or releases it. Brings no version: nothing that a reader sees has changed.
 *
 * @throws NOT_FOUND
 */
export async function setHold(
  ctx: MutationCtx,
  id: string,
  held: boolean,
): Promise<void> {
  const document = await findDocument(ctx, id);
  if (document === null) throw fail(notFound(id));
  if ((document.held ?? false) === held) return;
  await ctx.db.patch("documents", document._id, {
    held: held ? true : undefined,
  });
}
