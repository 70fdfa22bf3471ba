import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import { pageApp } from "../support/pageApp.js";
import { twoWindows } from "../support/twoWindows.js";

/** The page of the quick start. */
export function readme(browser: () => Browser): void {
  const app = pageApp("README.md", browser);

  it("overwrites nothing in a window in which somebody only passes through the field", async () => {
    const { one, two, value, stored } = await twoWindows(app, "Documents");
    await two.field("Title").focus();
    await one.field("Title").fill("Renamed");
    await one.field("Title").press("Tab");
    await expect.poll(stored).toEqual({ title: "Renamed", version: 2 });
    await two.page.keyboard.press("Tab");
    await expect.poll(() => value(two)).toBe("Renamed");
    // What comes after it on the same connection shows that nothing came before.
    await two.field("Title").fill("Renamed twice");
    await two.field("Title").press("Tab");
    await expect.poll(stored).toEqual({ title: "Renamed twice", version: 3 });
  });

  it("keeps both when two people have typed, and lets the second decide", async () => {
    const { one, two, value, stored } = await twoWindows(app, "Documents");
    await two.field("Title").fill("Theirs");
    await one.field("Title").fill("Mine");
    await one.field("Title").press("Tab");
    await two.button("Take theirs").waitFor();
    await two.field("Title").press("Tab");
    await two.page.getByRole("alert").waitFor();
    expect(await violations(two.page)).toEqual([]);
    expect(await value(two)).toBe("Theirs");
    expect(await stored()).toEqual({ title: "Mine", version: 2 });
    await two.button("Take theirs").click();
    await expect.poll(() => value(two)).toBe("Mine");
    expect(await two.page.getByRole("alert").count()).toBe(0);
  });
}
