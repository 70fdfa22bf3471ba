import docs from "@acme/convex-docs/convex.config.js";
import { defineComponent } from "convex/server";

/** A component of the host's own, which keeps its books in ours. */
const shelf = defineComponent("shelf");
shelf.use(docs);

export default shelf;
