import { Jobs } from "@acme/convex-docs/jobs";
import { components } from "./_generated/api.js";
import type { DataModel } from "./_generated/dataModel.js";

export const jobs = new Jobs<DataModel>(components.docs);

/** For the dashboard and `npx convex run`: `npx convex run jobs:runs '{"job":"daily-report"}'`. */
export const { status, list, runs, cancel, pause, resume, resetCursor } =
  jobs.operator();
