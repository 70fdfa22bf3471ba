/**
 * Jobs that a cron starts: a report once a day, and updates from another service.
 *
 * @module
 */
import { api } from "../../example/convex/_generated/api.js";
import { expect, watch, type Stage } from "./stage.js";

const { analytics, documents, operations, process, sync } = api;
const LATEST = { paginationOpts: { numItems: 10, cursor: null } };

export async function showJobs({
  deployment,
  ada,
  visitor,
  step,
}: Stage): Promise<void> {
  /** Starts a job and waits until so many runs of it have ended, of which it answers the latest first. */
  const run = async (job: "daily-report" | "pull-updates", ended: number) => {
    const runs = watch(ada.live, operations.runs, { job, ...LATEST });
    await ada.http.mutation(operations.runNow, { job });
    const { page } = await runs.until(
      ({ page }) =>
        page.length >= ended &&
        page.every(({ finishedAt }) => finishedAt !== undefined),
    );
    runs.close();
    return page;
  };
  await step(
    "Ada has a document of hers processed: an action, an internal query, an internal mutation",
    async () => {
      const { id } = await ada.http.mutation(documents.create, {
        title: "Essay",
        content: "word ".repeat(500),
      });
      return await ada.http.action(process.processDocument, { id });
    },
    ({ words, minutes }) => {
      expect(words === 500, "it cannot count");
      return `${words} words, ${minutes} min to read`;
    },
  );
  await step(
    "The daily report is started three times: it is of the past UTC day, once",
    async () => {
      await run("daily-report", 1);
      await ada.http.mutation(operations.runNow, { job: "daily-report" });
      await ada.http.mutation(operations.runNow, { job: "daily-report" });
      return await ada.http.query(analytics.latest, {});
    },
    (reports) => {
      const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1_000);
      const day = yesterday.toISOString().slice(0, 10);
      expect(reports.length === 1, "there is more than one report");
      expect(reports[0]?.day === day, "it is of another day");
      return `one report, of ${reports[0]?.day}`;
    },
  );
  await step(
    "Updates are fetched, page by page; then one changes, and only that one is fetched",
    async () => {
      await run("pull-updates", 1);
      deployment.stub.publish({ id: "upd_1", title: "Release note 1, again" });
      const runs = await run("pull-updates", 2);
      return { runs, updates: await ada.http.query(sync.latest, {}) };
    },
    ({ runs }) => {
      const applied = runs.map(({ counts }) => counts["applied"]).reverse();
      expect(applied.join() === "25,1", `it fetched ${applied.join()}`);
      return applied.join(" updates, then ");
    },
  );
  await step(
    "A signed-out visitor asks for the jobs",
    () =>
      visitor.query(operations.list, {}).then(
        () => "an answer",
        () => "refused",
      ),
    (answer) => {
      expect(answer === "refused", "operators are not asked who they are");
      return answer;
    },
  );
}
