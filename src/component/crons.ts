/**
 * Once a day, at an hour of its own: with nothing to do, one of these reads one index range and writes nothing.
 *
 * @module
 */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();
const start = { cursor: null };

crons.daily(
  "delete expired webhook events",
  { hourUTC: 3, minuteUTC: 17 },
  internal.deliveries.purge,
  {},
);
crons.daily(
  "look after pending webhook events",
  { hourUTC: 3, minuteUTC: 27 },
  internal.deliveries.sweep,
  { ...start, status: "pending" },
);
crons.daily(
  "look after running webhook events",
  { hourUTC: 3, minuteUTC: 37 },
  internal.deliveries.sweep,
  { ...start, status: "running" },
);

export default crons;
