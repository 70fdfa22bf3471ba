import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();

// Hourly is enough for a policy in days. Each batch is bounded, so a large backlog takes several runs; a start while one is
// running is skipped.
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

crons.daily(
  "forget old revisions",
  { hourUTC: 3, minuteUTC: 40 },
  internal.retention.pruneHistory,
  {},
);

// Midnight UTC. Another minute (`crons.daily` with `minuteUTC: 7`) avoids the load of the full hour, and the report is of the
// same day either way.
// eslint-disable-next-line @convex-dev/no-top-of-hour-crons -- shows a cron expression
crons.cron("daily report", "0 0 * * *", internal.analytics.dailyReport, {});

crons.interval("fetch updates", { minutes: 5 }, internal.sync.pullUpdates, {});

export default crons;
