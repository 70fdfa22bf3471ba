/**
 * Runs the example through real Convex clients against the embedded deployment. Exits with 0 only if every step succeeds.
 *
 * @module
 */
import { inspect } from "node:util";
import { showCleanup } from "./cleanup.js";
import { showDocuments } from "./documents.js";
import { showJobs } from "./jobs.js";
import { showMany } from "./many.js";
import { showPublishing } from "./publishing.js";
import { openStage, stepsTaken, title, type Stage } from "./stage.js";
import { showSummaries } from "./summaries.js";
import { NEXT, showViews } from "./views.js";
import { showWebhooks } from "./webhooks.js";

/** The sections, in the order they are shown. Each leaves the deployment as the next may find it. */
const sections = [
  ["Documents that belong to someone", showDocuments],
  ["Edits that wait until they are published", showPublishing],
  ["Many at once", showMany],
  ["Webhooks, over HTTP", showWebhooks],
  ["Summaries by another service", showSummaries],
  ["Jobs that a cron starts", showJobs],
] as const;

/** The same, on a deployment of their own with thousands of documents, and with what the next deploy adds. */
const crowded = [
  ["A view of documents that are there already", showViews],
  ["Drafts that clean themselves up", showCleanup],
] as const;

async function show(
  sections: readonly (readonly [string, (stage: Stage) => Promise<void>])[],
  options: Parameters<typeof openStage>[0] = {},
): Promise<void> {
  const { close, ...stage } = await openStage(options);
  try {
    for (const [heading, section] of sections) {
      title(heading);
      await section(stage);
    }
  } finally {
    await close();
  }
}

const began = performance.now();
try {
  await show(sections);
  await show(crowded, { alsoModules: NEXT });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  title(`${stepsTaken()} steps held, in ${seconds} s.`);
} catch (error) {
  process.stderr.write(`\nThis did not hold: ${inspect(error)}\n`);
  process.exitCode = 1;
}
// What the app scheduled for next week would keep the process waiting for it.
process.exit();
