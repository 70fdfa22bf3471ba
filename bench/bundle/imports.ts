/**
 * The imports that are measured, and what each may weigh.
 */
import type { Import } from "./measure.js";

const ERRORS = `"./dist/errors/index.js"`;
const REACT = `"./dist/react/index.js"`;
const WEBHOOKS = `"./dist/webhooks/index.js"`;

/** What an app with convex/react has anyway. */
const APP = ["react", "react/*", "convex/*"];

/** Handling errors in a browser: ours. `./errors` leaves nothing out, for it imports nothing. */
export const OURS: Import[] = [
  {
    // Each code is a name of 10 to 20 bytes. A page meets those of background work too, where it shows how a job ended.
    name: "./errors: getDocsError, isDocsError",
    code: `export { getDocsError, isDocsError } from ${ERRORS};`,
    budget: 500,
  },
  {
    name: "./errors: isDocsError, safe",
    code: `export { isDocsError, safe } from ${ERRORS};`,
  },
  {
    name: "./errors: everything",
    code: `export * from ${ERRORS};`,
    budget: 1_200,
  },
  {
    name: "./errors: everything, and useDocsMutation",
    code: `export * from ${ERRORS}; export { useDocsMutation } from ${REACT};`,
    external: APP,
    budget: 1_500,
  },
  {
    // Without a server's checks: an editor is a text, what it was, and one call at a time.
    name: "./react: useDocumentEditor",
    code: `export { useDocumentEditor } from ${REACT};`,
    external: APP,
    budget: 2_900,
  },
  {
    name: "./react: everything",
    code: `export * from ${REACT};`,
    external: APP,
  },
];

/** The same task with others'. */
export const PEERS: Import[] = [
  {
    name: "convex/values: ConvexError",
    code: `export { ConvexError } from "convex/values";`,
  },
  {
    name: "@orpc/client: isDefinedError, safe",
    code: `export { isDefinedError, safe } from "@orpc/client";`,
  },
  {
    name: "@trpc/client: TRPCClientError",
    code: `export { TRPCClientError } from "@trpc/client";`,
  },
];

/** Presets that fit in 1.5 kB with the engine that verifies. */
const PRESETS = [
  "stripe",
  "supabase",
  "standardWebhooks",
  "github",
  "slack",
  "shopify",
  "paddle",
  "lemonSqueezy",
  "hmac",
  "twilio",
];

/** One scheme of the webhooks, with what the host's function needs to verify a delivery by it. */
export const SCHEMES: Import[] = PRESETS.map((name) => scheme(name, 1_500));

function scheme(name: string, budget: number): Import {
  return {
    name: `./webhooks: ${name}, verify`,
    code: `export { ${name}, verify } from ${WEBHOOKS};`,
    external: ["convex/*"],
    budget,
  };
}
