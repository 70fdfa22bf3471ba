/**
 * What the functions expect of the global object before they are evaluated: imported before them.
 *
 * @module
 */
import { install } from "./context.js";

install();

/** The folder that the page, and this worker beside it, are served from. */
export const BASE = new URL("./", location.href).href;

/** Where the HTTP actions are. */
export const SITE = `${BASE}site`;

/** Where the stub of the services is that the functions call. */
export const STUB = `${BASE}stub`;

/** The functions' environment variables. */
export const environment: Record<string, string> = {};

// convex-test names the global object as Node does, and functions find their environment where Convex puts it.
Object.assign(globalThis, {
  global: globalThis,
  process: { env: environment },
});
