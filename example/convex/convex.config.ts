import docs from "@acme/convex-docs/convex.config.js";
import { defineApp } from "convex/server";
import { v } from "convex/values";

// Each is optional: without it, what needs it says so, and the rest of the example works.
const app = defineApp({
  env: {
    OPENAI_API_KEY: v.optional(v.string()),
    OPENAI_BASE_URL: v.optional(v.string()),
    STRIPE_WEBHOOK_SECRET: v.optional(v.string()),
    STRIPE_WEBHOOK_SECRET_OLD: v.optional(v.string()),
    UPDATES_URL: v.optional(v.string()),
  },
});
app.use(docs);

export default app;
