/**
 * What was shared with a person, by their id or by another name that is theirs alone.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import type { StoredExportItem } from "../../shared/person.js";
import { drop, type StoredGrant } from "../sharing/grant.js";
import { Budget, namesOf, stepped, type Holding } from "./holding.js";

export const granted: Holding = {
  name: "grants",
  columns: ["grants.principal"],
  erase: async (ctx, erasing, _place, size) => {
    const budget = new Budget(size);
    const counts = { grants: 0 };
    for (const name of namesOf(erasing)) {
      const grants = ctx.db
        .query("grants")
        .withIndex("principal", (q) => q.eq("principal", name));
      for await (const grant of grants) {
        // Those before it are gone, so the next step begins with it.
        if (budget.isSpent) return stepped(null, counts);
        const document = await ctx.db.get("documents", grant.documentId);
        if (document) await drop(ctx, document, [grant]);
        else await ctx.db.delete("grants", grant._id);
        counts.grants += 1;
        budget.note(document ?? grant, 1);
      }
    }
    return stepped(undefined, counts);
  },
  read: async function* (ctx, person, place) {
    const { name: first = 0, at: since = 0 } = (place ?? {}) as Partial<Place>;
    for (const [index, name] of namesOf(person).entries()) {
      if (index < first) continue;
      const after = index === first ? since : 0;
      const grants = ctx.db
        .query("grants")
        .withIndex("principal", (q) =>
          q.eq("principal", name).gt("_creationTime", after),
        );
      for await (const grant of grants) {
        yield {
          items: [toGrantItem(grant)],
          bytes: getDocumentSize(grant),
          behind: { name: index, at: grant._creationTime },
        };
      }
    }
  },
};

/** The place of the name, and when the last grant was given. */
type Place = { name: number; at: number };

/** A grant as a person is given it. */
export function toGrantItem({
  _id,
  _creationTime,
  ...columns
}: StoredGrant): StoredExportItem {
  return { kind: "grant", ...columns, grantedAt: Math.floor(_creationTime) };
}
