/**
 * One cron, hourly. With nothing to do, it reads one row and writes nothing.
 *
 * @module
 */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();

crons.hourly(
  "look after background work",
  { minuteUTC: 7 },
  internal.engine.look,
  {},
);

export default crons;
