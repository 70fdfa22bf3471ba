import { docsError } from "@acme/convex-docs";
import { v } from "convex/values";
import { mutation } from "./_generated/server.js";
import { docs } from "./documents.js";
import { countUse } from "./limits.js";

/** Documents of one call. */
const COUNT = 100;

/** Makes 100 drafts to try things out on. A function of the app's own around the package, with a limit of its own. */
export const add = mutation({
  args: {},
  returns: v.object({ added: v.number() }),
  handler: async (ctx) => {
    const user = await ctx.auth.getUserIdentity();
    if (user === null) throw docsError("UNAUTHORIZED");
    await countUse(ctx, "samples", user.tokenIdentifier);
    const items = Array.from({ length: COUNT }, (_, index) => ({
      title: `Sample ${index + 1}`,
      content: "A document to try things out on. Change it as you like.",
    }));
    const { succeeded } = await docs.batchCreate(ctx, { items });
    return { added: succeeded };
  },
});
