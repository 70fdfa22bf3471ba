/**
 * A feed of updates, as a CRM or an issue tracker has one: pages in the order of change, and a cursor that stays valid.
 *
 * @module
 */
import { z } from "zod";

export const updateSchema = z.object({
  id: z.string().min(1).max(64),
  title: z.string().min(1).max(200),
});

export type Update = z.infer<typeof updateSchema> & {
  /** Time of the change, in ISO 8601. */
  changedAt: string;
};

/** Updates of one page. */
const PAGE = 10;

/** There from the beginning, so that a first pull has more than a page. */
const FIRST = 25;

export class Feed {
  /** Every change, the newest last. A cursor is a place in it. */
  readonly #changes: Update[] = [];

  constructor() {
    for (let n = 1; n <= FIRST; n++) {
      this.publish({ id: `upd_${n}`, title: `Release note ${n}` });
    }
  }

  /** Adds something, or changes what has this id. */
  publish(update: z.infer<typeof updateSchema>): void {
    this.#changes.push({ ...update, changedAt: new Date().toISOString() });
  }

  /** What changed after a cursor; `null` if the cursor is not one of ours. */
  page(cursor: string | null) {
    const from = Number(cursor ?? "0");
    const isPlace =
      Number.isInteger(from) && from >= 0 && from <= this.#changes.length;
    if (!isPlace) return null;
    const updates = this.#changes.slice(from, from + PAGE);
    const next = from + updates.length;
    return {
      updates,
      nextCursor: String(next),
      hasMore: next < this.#changes.length,
    };
  }
}
