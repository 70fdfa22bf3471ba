import { optimisticUpdate } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";

const { get, list, listPublic } = api.documents;

/** The queries that show documents on the page: what is to change at once. */
export const shown = { get, list, listPublic };

/** An update is on the screen before the server has answered. Convex takes it back if refused. */
export const UPDATE = { optimistic: optimisticUpdate(shown) };
