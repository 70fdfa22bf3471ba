import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, launch } from "./support/chromium.js";
import { startReadmeApp, type ReadmeApp } from "./support/readmeApp.js";

const chromium = findChromium();

// Whether there has to be a browser is the other file's question.
describe.skipIf(chromium === null)(
  "the README's page, as it stands there",
  () => {
    let app: ReadmeApp;
    let browser: Browser;
    beforeAll(async () => {
      [app, browser] = await Promise.all([
        startReadmeApp(),
        launch(chromium ?? ""),
      ]);
    });
    afterAll(async () => {
      await Promise.all([app.close(), browser.close()]);
    });

    /** One document in two windows of its owner's. */
    async function twoWindows(path: "" | "rename" = "") {
      const { deployment, ada, open } = app;
      const draft = { title: "Plan", content: "" };
      const { id } = (await deployment.call(
        "documents:create",
        draft,
        ada,
      )) as {
        id: string;
      };
      const stored = async () => {
        const found = await deployment.call("documents:get", { id }, ada);
        const { title, version } = found as { title: string; version: number };
        return { title, version };
      };
      const context = await browser.newContext();
      const one = await open(context, path);
      const two = await open(context, path);
      for (const page of [one, two]) await title(page).waitFor();
      const remove = async () => {
        await context.close();
        await deployment.call("documents:remove", { id }, ada);
      };
      return { one, two, stored, remove };
    }
    const title = (page: Page) => page.getByRole("textbox");
    const value = (page: Page) => title(page).inputValue();

    it("overwrites nothing in a window in which somebody only passes through the field", async () => {
      const { one, two, stored, remove } = await twoWindows();
      await title(two).focus();
      await title(one).fill("Renamed");
      await title(one).press("Tab");
      await expect.poll(stored).toEqual({ title: "Renamed", version: 2 });
      await two.keyboard.press("Tab");
      await expect.poll(() => value(two)).toBe("Renamed");
      // What comes after it on the same connection shows that nothing came before.
      await title(two).fill("Renamed twice");
      await title(two).press("Tab");
      await expect.poll(stored).toEqual({ title: "Renamed twice", version: 3 });
      await remove();
    });

    it("keeps both when two people have typed, and lets the second decide", async () => {
      const { one, two, stored, remove } = await twoWindows();
      await title(two).fill("Theirs");
      await title(one).fill("Mine");
      await title(one).press("Tab");
      await two.getByRole("button", { name: "Take theirs" }).waitFor();
      await title(two).press("Tab");
      await two.getByRole("alert").waitFor();
      expect(await value(two)).toBe("Theirs");
      expect(await stored()).toEqual({ title: "Mine", version: 2 });
      await two.getByRole("button", { name: "Take theirs" }).click();
      await expect.poll(() => value(two)).toBe("Mine");
      expect(await two.getByRole("alert").count()).toBe(0);
      await remove();
    });

    it("so does the form of docs/react.md, which overwrites only what somebody says is to be", async () => {
      const { one, two, stored, remove } = await twoWindows("rename");
      const press = (page: Page, name: string) =>
        page.getByRole("button", { name }).click();
      await title(two).fill("Theirs");
      await title(one).fill("Mine");
      await press(one, "Save");
      await two.getByText("Somebody has changed it to “Mine”.").waitFor();
      await title(two).press("Enter");
      expect(await value(two)).toBe("Theirs");
      expect(await stored()).toEqual({ title: "Mine", version: 2 });
      await press(two, "Overwrite");
      await expect.poll(stored).toEqual({ title: "Theirs", version: 3 });
      await expect.poll(() => value(one)).toBe("Theirs");
      await title(one).fill("Mine again");
      await title(two).fill("Theirs again");
      await press(two, "Save");
      await press(one, "Take theirs");
      await expect.poll(() => value(one)).toBe("Theirs again");
      expect(await stored()).toEqual({ title: "Theirs again", version: 4 });
      await remove();
    });
  },
);
