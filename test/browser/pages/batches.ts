import type { Browser } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { violations } from "../support/audit.js";
import { takeScheduler } from "../support/hands/scheduler.js";
import { pageApp } from "../support/pageApp.js";

/** How far a bulk operation is. */
export function batches(browser: () => Browser): void {
  const app = pageApp("docs/batches.md", browser);
  const schedule = takeScheduler();

  it("Progress: counts on with each step, in every window of who started it, to the end", async () => {
    onTestFinished(() => schedule({ release: true }));
    for (let n = 0; n < 120; n++)
      await app.call("documents:create", { title: `Plan ${n}`, content: "" });
    await schedule({ hold: true });
    const started = await app.call("archive:archiveDrafts", {});
    const props = started as { jobId: string };
    const windows = [
      await app.open("Progress", props),
      await app.open("Progress", props),
    ];
    for (const window of windows)
      await window.see("running: 0 done, 0 refused");
    expect(await violations(windows[0]!.page)).toEqual([]);
    await schedule({ run: 1 });
    for (const window of windows)
      await window.see("running: 100 done, 0 refused");
    await schedule({ release: true });
    for (const window of windows) await window.see("done: 120 done, 0 refused");
    const { page } = (await app.call("documents:list", {
      status: "draft",
      paginationOpts: { numItems: 1, cursor: null },
    })) as { page: object[] };
    expect(page).toEqual([]);
  });
}
