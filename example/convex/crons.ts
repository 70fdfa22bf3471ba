import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();

// Hourly is often enough for a policy in days. The first runs of a large backlog take several hours' worth of batches, each
// bounded; a start that finds a run still going is skipped.
crons.interval(
  "clean up old drafts",
  { hours: 1 },
  internal.retention.cleanupOldDrafts,
  {},
);

crons.daily(
  "purge the trash",
  { hourUTC: 3, minuteUTC: 20 },
  internal.retention.purgeTrash,
  {},
);

// As asked: midnight UTC. Many apps ask for the full hour, so a minute of one's own (`crons.daily` with `minuteUTC: 7`) meets
// less of a crowd; the report is of its nominal day either way, not of the hours before the run.
// eslint-disable-next-line @convex-dev/no-top-of-hour-crons -- asked for
crons.cron("daily report", "0 0 * * *", internal.analytics.dailyReport, {});

crons.interval("fetch updates", { minutes: 5 }, internal.sync.pullUpdates, {});

export default crons;
