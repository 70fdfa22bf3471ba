/**
 * Runs the example through real Convex clients against the embedded deployment. Exits with 0 only if every step succeeds.
 *
 * @module
 */
import { inspect } from "node:util";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { WebSocket } from "ws";
import { signDemoToken, type DemoUserName } from "../auth.js";
import { startExample } from "../example.js";
import { showCleanup } from "./cleanup.js";
import { showDocuments } from "./documents.js";
import { showJobs } from "./jobs.js";
import { showMany } from "./many.js";
import { showPublishing } from "./publishing.js";
import { step, stepsTaken, title, type User } from "./stage.js";
import { showSummaries } from "./summaries.js";
import { showWebhooks } from "./webhooks.js";

/** The sections, in the order they are shown. Each leaves the deployment as the next may find it. */
const sections = [
  ["Documents that belong to someone", showDocuments],
  ["Edits that wait until they are published", showPublishing],
  ["Many at once", showMany],
  ["Webhooks, over HTTP", showWebhooks],
  ["Summaries by another service", showSummaries],
  ["Jobs that a cron starts", showJobs],
  ["Drafts that clean themselves up", showCleanup],
] as const;

async function signIn(name: DemoUserName, url: string): Promise<User> {
  const token = await signDemoToken(name);
  const http = new ConvexHttpClient(url, { auth: token, logger: false });
  const live = new ConvexClient(url, {
    // The `ws` package's constructor is the web's, with more options.
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
  });
  live.setAuth(() => Promise.resolve(token));
  return { name, http, live };
}

const began = performance.now();
const deployment = await startExample({
  port: 0,
  sitePort: 0,
  // The refusals are shown as the clients get them; the server need not report them as well.
  log: () => undefined,
});
const { url } = deployment;
const ada = await signIn("ada", url);
const grace = await signIn("grace", url);
const visitor = new ConvexHttpClient(url, { logger: false });
try {
  for (const [heading, show] of sections) {
    title(heading);
    await show({ deployment, ada, grace, visitor, step });
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  title(`${stepsTaken()} steps held, in ${seconds} s.`);
} catch (error) {
  process.stderr.write(`\nThis did not hold: ${inspect(error)}\n`);
  process.exitCode = 1;
} finally {
  await Promise.all([ada.live.close(), grace.live.close()]);
  await deployment.close();
}
// What the app scheduled for next week would keep the process waiting for it.
process.exit();
