import { docs } from "./documents.js";

/** What an operator does by law, from the command line: `npx convex run privacy:hold '{ "id": "…" }'`. No client can call it. */
export const { hold, release, erase, erasure, exportPage, forgetRevision } =
  docs.operator();
