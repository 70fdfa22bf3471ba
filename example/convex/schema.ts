import { defineSchema } from "convex/server";

/** The documents live in the component. Tables of the app's own would stand here. */
export default defineSchema({});
