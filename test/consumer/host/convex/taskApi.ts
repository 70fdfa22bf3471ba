import { tasks } from "./tasks";

/** A second kind of document, in a mount of its own. */
export const { create, get, list, search } = tasks.api();
