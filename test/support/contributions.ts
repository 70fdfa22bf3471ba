/**
 * Who has left their id where, as stored.
 */
import type { Deployment } from "./host.js";
import { inComponent } from "./component.js";

/** Every contribution: who, in which document. */
export async function contributions(t: Deployment) {
  const rows = await inComponent(t, (ctx) =>
    ctx.db.query("contributions").collect(),
  );
  return rows.map(({ by, documentId }) => [by, documentId]);
}
