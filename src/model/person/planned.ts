/**
 * What a person has planned for documents, their own or those of others.
 *
 * @module
 */
import { getDocumentSize } from "convex/values";
import { cancelPlan } from "../history/schedule.js";
import { Budget, stepped, type Holding } from "./holding.js";

export const planned: Holding = {
  name: "plans",
  columns: ["schedules.by"],
  erase: async (ctx, { userId }, _place, size) => {
    const budget = new Budget(size);
    const counts = { plans: 0 };
    const plans = ctx.db
      .query("schedules")
      .withIndex("by", (q) => q.eq("by", userId));
    for await (const plan of plans) {
      // Those before it are nobody's any more, so the next step begins with it.
      if (budget.isSpent) return stepped(null, counts);
      await cancelPlan(ctx, plan);
      counts.plans += 1;
      budget.note(plan, 2);
    }
    return stepped(undefined, counts);
  },
  read: async function* (ctx, { userId }, place) {
    const plans = ctx.db
      .query("schedules")
      .withIndex("by", (q) =>
        q.eq("by", userId).gt("_creationTime", Number(place ?? 0)),
      );
    for await (const plan of plans) {
      const { documentId, action, at } = plan;
      yield {
        items: [{ kind: "plan", documentId, action, at }],
        bytes: getDocumentSize(plan),
        behind: plan._creationTime,
      };
    }
  },
};
