import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import { pageApp } from "../support/pageApp.js";

/** A list by a view. */
export function views(browser: () => Browser): void {
  const app = pageApp("docs/views.md", browser);

  it("Tagged: has one's own with the tag, the last changed first, in step in two windows", async () => {
    const create = async (
      title: string,
      tags: string[],
      who = "ada" as const,
    ) => {
      const task = { title, tags, projectId: "p1", rank: "a" };
      const { id } = (await app.call("tasks:create", task, who)) as {
        id: string;
      };
      return id;
    };
    const first = await create("First", ["red", "blue"]);
    await create("Second", ["red"]);
    await create("Other", ["blue"]);
    const windows = [
      await app.open("Tagged", { tag: "red" }),
      await app.open("Tagged", { tag: "red" }),
    ];
    const show = async (titles: string[]) => {
      for (const { page } of windows)
        await expect
          .poll(() => page.getByRole("listitem").allTextContents())
          .toEqual(titles);
    };
    await show(["Second", "First"]);
    expect(await violations(windows[0]!.page)).toEqual([]);
    await app.call("tasks:update", { id: first, title: "First again" });
    await show(["First again", "Second"]);
    await app.call("tasks:update", { id: first, tags: ["blue"] });
    await show(["Second"]);
    await create("Third", ["red"]);
    await show(["Third", "Second"]);
  });
}
