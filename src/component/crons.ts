/**
 * Daily, each at its own time. With nothing to do, each reads one index range and writes nothing.
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
crons.daily(
  "delete expired webhook events",
  { hourUTC: 3, minuteUTC: 17 },
  internal.deliveries.purge,
  {},
);
crons.daily(
  "recover pending webhook events",
  { hourUTC: 3, minuteUTC: 27 },
  internal.deliveries.sweep,
  { status: "pending", cursor: null },
);
crons.daily(
  "recover running webhook events",
  { hourUTC: 3, minuteUTC: 37 },
  internal.deliveries.sweep,
  { status: "running", cursor: null },
);

export default crons;
