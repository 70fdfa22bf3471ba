import { ConvexReactClient } from "convex/react";

const url: unknown = import.meta.env["VITE_CONVEX_URL"];

const site: unknown = import.meta.env["VITE_CONVEX_SITE_URL"];

/** Where the deployment serves public documents over HTTP, or `null` when the page was not told. */
export const httpList =
  typeof site === "string" && site !== ""
    ? `${site}/api/documents?scope=public`
    : null;

/** The connection to the deployment, or `null` when the page was built without an address for it. */
export const client =
  typeof url === "string" && url !== "" ? new ConvexReactClient(url) : null;
