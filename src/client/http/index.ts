/**
 * Documents and failures over HTTP.
 *
 * @module
 */
export type { CorsOptions } from "./cors.js";
export { withProblem } from "./problem.js";
export type { HttpCtx } from "./reader.js";
export { registerRoutes, type RouteOptions } from "./routes.js";
