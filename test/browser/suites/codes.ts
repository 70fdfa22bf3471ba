import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** More than one call can change. */
const MANY = 120;

/** Refusals that no other suite comes across. */
export function codes(world: World): void {
  it("says at the field that a key is taken, and creates the document under another one", async () => {
    const ada = await world.arrive("ada");
    const { page } = ada;
    await ada.signIn("ada");
    const write = async (title: string, key: string) => {
      await ada.button("New document").first().click();
      await ada.field("Title").fill(title);
      await ada.field("Key").fill(key);
      await ada.button(/Create draft/).click();
    };
    await write("Handbook", "handbook");
    await ada.dialogGone();
    await write("Second handbook", "handbook");
    const problem = page.getByText(
      "Key is taken by another document of yours.",
    );
    await problem.waitFor();
    expect(await ada.field("Key").getAttribute("aria-describedby")).toBe(
      await problem.getAttribute("id"),
    );
    await ada.screenshot("key-taken");
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("narrow-key-taken");
    await page.setViewportSize({ width: 1280, height: 800 });

    await ada.field("Key").fill("handbook-2");
    await ada.button(/Create draft/).click();
    await ada.dialogGone();
    await ada.row("Second handbook").waitFor();
  });

  it("goes on in the background when the server says that a batch is too large", async () => {
    const items = Array.from({ length: MANY }, (_, index) => ({
      title: `Crowd ${index + 1}`,
      content: "One of many",
    }));
    await world.stack.createMany("grace", items.slice(0, 100));
    await world.stack.createMany("grace", items.slice(100));
    const grace = await world.arrive("grace");
    const { page } = grace;
    await grace.signIn("grace", "#/?status=draft");
    const boxes = page.getByRole("list").getByRole("checkbox");
    while ((await boxes.count()) < MANY) {
      const before = await boxes.count();
      await grace.button("Load more").click();
      await expect
        .poll(() => boxes.count(), { timeout: 10_000 })
        .toBeGreaterThan(before);
    }
    await boxes.first().check();
    await boxes.nth(MANY - 1).click({ modifiers: ["Shift"] });
    await grace.see(`${MANY} selected`);
    await grace.button("Archive").click();
    await grace.see("That is too much at once");
    await grace.see("It goes on in the background.");
    await grace.screenshot("batch-too-large");
    await grace.see(`${MANY} documents archived`);
  });

  it("changes all the documents of a list or none, and says line by line what stood in the way", async () => {
    const own = await world.stack.create("ada", {
      title: "On the list",
      content: "",
    });
    const other = await world.stack.create("grace", {
      title: "On nobody's list but mine",
      content: "",
      status: "published",
      isPublic: true,
    });
    const address = (id: string) => `${world.stack.url}#/d/${id}`;
    const ada = await world.arrive("ada");
    const { page } = ada;
    await ada.signIn("ada");
    await ada.button("Account of Ada Lovelace").click();
    await page.getByRole("menuitem", { name: "Change from a list…" }).click();
    await page.getByLabel("What to do").selectOption("Archive them");
    const list = [address(own), "", address(other), "no-such", own];
    await ada.field("Documents").fill(list.join("\n"));
    await ada.button(/Change 4 documents/).click();
    await ada.see("Nothing was changed");
    const refusal = page.getByRole("alert");
    expect(await refusal.getByRole("listitem").allInnerTexts()).toEqual([
      "Line 3 Only the owner can change this document FORBIDDEN",
      "Line 4 This document is not there any more NOT_FOUND",
      "Line 5 This document is named twice DUPLICATE_ID",
    ]);
    expect(await refusal.innerText()).toContain("BATCH_FAILED");
    await ada.screenshot("from-list-refused");
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("narrow-from-list-refused");
    await page.setViewportSize({ width: 1280, height: 800 });

    await ada.field("Documents").fill(address(own));
    await ada.button(/Change 1 document/).click();
    await ada.see("1 document archived");
    await ada.row("On the list").getByText("Archived").waitFor();
  });

  it("answers a stale bookmark of the list over HTTP with a problem that names its code", async () => {
    await world.stack.create("ada", {
      title: "In JSON",
      content: "",
      status: "published",
      isPublic: true,
    });
    const visitor = await world.arrive("reader");
    const { page } = visitor;
    visitor.spoil();
    await visitor.open("#/public");
    await visitor.row("In JSON").waitFor();
    await visitor.screenshot("public-json");
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await visitor.overflow()).toBeLessThanOrEqual(0);
    await visitor.screenshot("narrow-public-json");
    await page.getByRole("link", { name: "As JSON" }).click();
    await page.waitForURL(/\/api\/documents/);
    expect(await page.innerText("body")).toContain('"In JSON"');

    const response = await page.goto(`${page.url()}&cursor=from-last-year`);
    expect(response?.status()).toBe(400);
    expect(response?.headers()["content-type"]).toBe(
      "application/problem+json",
    );
    expect(await response?.json()).toMatchObject({ code: "INVALID_CURSOR" });
    // The browser reports the refusal that was asked for.
    visitor.problems.length = 0;
  });
}
