import { Jobs } from "@acme/convex-docs/jobs";
import { components } from "./_generated/api.js";

export const jobs = new Jobs(components.docs);
