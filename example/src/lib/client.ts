import { ConvexReactClient } from "convex/react";

const url: unknown = import.meta.env["VITE_CONVEX_URL"];

/** The connection to the deployment, or `null` when the page was built without an address for it. */
export const client =
  typeof url === "string" && url !== "" ? new ConvexReactClient(url) : null;
