/**
 * What is asked for of documents and people by law, in one mount. All of it is the system's.
 *
 * @module
 */
import { v } from "convex/values";
import { setHold } from "../model/person/hold.js";
import { mutation } from "./_generated/server.js";

/** Holds a document, or releases it. */
export const hold = mutation({
  args: { id: v.string(), held: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { id, held }) => {
    await setHold(ctx, id, held);
    return null;
  },
});
