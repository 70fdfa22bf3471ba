import { httpRouter } from "convex/server";
import { internal } from "./_generated/api.js";
import { docs } from "./documents.js";
import { webhooks } from "./webhooks.js";

const http = httpRouter();

// GET /api/documents/:id and a paged GET /api/documents, as JSON.
docs.registerRoutes(http, {
  prefix: "/api/documents",
  query: internal.documents.httpApi,
});

// POST /webhook/stripe: verified, stored and answered before a handler runs.
webhooks.registerRoutes(http, { stripe: "/webhook/stripe" });

export default http;
