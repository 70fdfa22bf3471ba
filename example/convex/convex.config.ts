import docs from "@acme/convex-docs/convex.config.js";
import { defineApp } from "convex/server";

const app = defineApp();
app.use(docs);

export default app;
