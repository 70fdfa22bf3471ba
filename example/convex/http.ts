import { httpRouter } from "convex/server";
import { docs } from "./documents.js";

const http = httpRouter();

// GET /api/documents/:id and a paged GET /api/documents, as JSON.
docs.registerRoutes(http, { prefix: "/api/documents" });

export default http;
