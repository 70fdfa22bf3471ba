import { optimisticRemove, optimisticUpdate } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";

const { get, list, listPublic } = api.documents;
const shown = { get, list, listPublic };

/** Changes shown before the server has answered, wherever the document is on the page. Convex takes them back if refused. */
export const optimistic = {
  update: optimisticUpdate(shown),
  remove: optimisticRemove(shown),
};
