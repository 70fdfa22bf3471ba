import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import { pageApp } from "../support/pageApp.js";
import type { Visitor } from "../support/visitor.js";

/** Looking at what a document contained, and bringing it back. */
export function history(browser: () => Browser): void {
  const app = pageApp("docs/history.md", browser);

  /** An article and what it said before: so much is dropped that it is no step on the way. */
  async function edited() {
    const content = "A text that nobody would like to lose";
    const { id } = (await app.call("articles:create", {
      title: "One",
      content,
    })) as { id: string };
    await app.call("articles:update", { id, content: "" });
    const stored = () => app.call("articles:get", { id });
    return { id, content, stored };
  }
  const buttons = ({ page }: Visitor) => page.getByRole("button");

  it("History: brings back by keyboard what was there, and shows so in another window", async () => {
    const { id, content, stored } = await edited();
    const one = await app.open("History", { id });
    const two = await app.open("History", { id });
    for (const window of [one, two])
      await expect.poll(() => buttons(window).count()).toBe(2);
    expect(await violations(one.page)).toEqual([]);
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Enter");
    await expect.poll(stored).toMatchObject({ content, version: 3 });
    await expect.poll(() => buttons(two).count()).toBe(3);
    // A revert can be reverted.
    await buttons(two).nth(1).click();
    await expect.poll(stored).toMatchObject({ content: "", version: 4 });
  });

  it("History: shows the name of what has one, and to others nothing", async () => {
    const { id } = await edited();
    const ada = await app.open("History", { id });
    const name = "As it was sent";
    await app.call("articles:nameRevision", { id, version: 1, name });
    await ada.button(name).waitFor();
    await app.call("articles:nameRevision", { id, version: 1, name: null });
    await expect.poll(() => ada.button(name).count()).toBe(0);
    const grace = await app.open("History", { id }, "grace");
    await grace.see("There is no such document.");
  });

  it("History: says so when nothing was brought back", async () => {
    const { id } = await edited();
    const ada = await app.open("History", { id });
    const connection = await app.connection(ada);
    connection.failMutations(true);
    await buttons(ada).nth(1).click();
    await ada.page.getByRole("alert").waitFor();
    expect(ada.problems.splice(0)).toHaveLength(1);
  });

  it("Changes: names the fields that differ from today's, live", async () => {
    const { id, content } = await edited();
    const ada = await app.open("Changes", { id, version: 1 });
    const told = ada.page.locator("p");
    await expect.poll(() => told.textContent()).toBe("Changed since: content");
    await app.call("articles:update", { id, title: "Two" });
    await expect
      .poll(async () => (await told.textContent())?.split(/: |, /).sort())
      .toEqual(["Changed since", "content", "title"]);
    await app.call("articles:update", { id, title: "One", content });
    await expect.poll(() => told.textContent()).toBe("Changed since: ");
  });
}
