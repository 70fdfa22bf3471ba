import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** Writing documents of one's own. */
export function writing(world: World): void {
  it("creates a document by keyboard alone, and stays signed in over a reload", async () => {
    const ada = await world.arrive("ada");
    const { page } = ada;
    await ada.signIn("ada");
    await ada.see("Write your first document");
    await page.keyboard.press("n");
    await ada.field("Title").waitFor();
    await page.keyboard.type("By keyboard alone");
    await page.keyboard.press("Tab");
    await page.keyboard.type("First line");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Second line");
    await ada.screenshot("create");
    await page.keyboard.press("Control+Enter");

    await ada
      .row("By keyboard alone")
      .getByText("First line Second line")
      .waitFor();
    await ada.row("By keyboard alone").getByText("Draft").waitFor();
    await page.reload();
    await ada.row("By keyboard alone").waitFor();
    expect(await ada.button("Account of Ada Lovelace").isVisible()).toBe(true);
  });

  it("refuses a document without a title before it asks the server, at the field", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada");
    await ada.button("New document").first().click();
    await ada.button(/Create draft/).click();
    await ada.see("Title is missing.");
    expect(await ada.field("Title").getAttribute("aria-invalid")).toBe("true");
    await ada.field("Title").fill("x");
    expect(await ada.field("Title").getAttribute("aria-invalid")).toBe("false");
  });

  it("shows what the server refused at its field, and keeps the text over closing the dialog", async () => {
    const ada = await world.arrive("ada");
    const { page } = ada;
    await ada.signIn("ada");
    await ada.button("New document").first().click();
    await ada.field("Title").fill("Too long");
    await ada.field("Content").fill("x".repeat(300_000));
    await ada.button(/Create draft/).click();
    const problem = page.getByText(
      /Content makes the document 300,\d{3} bytes/,
    );
    await problem.waitFor();
    expect(await ada.field("Content").getAttribute("aria-describedby")).toBe(
      await problem.getAttribute("id"),
    );
    await ada.screenshot("invalid");

    await page.keyboard.press("Escape");
    await ada.dialogGone();
    await page.keyboard.press("n");
    expect(await ada.field("Title").inputValue()).toBe("Too long");
    await ada.field("Content").fill("Short enough");
    await ada.button(/Create draft/).click();
    await ada.row("Too long").waitFor();
    await ada.dialogGone();
    await page.keyboard.press("n");
    expect(await ada.field("Title").inputValue()).toBe("");
  });

  it("takes a document through its stages, and filters by them", async () => {
    await world.stack.create("grace", { title: "Compiler", content: "A-0" });
    const grace = await world.arrive("grace");
    const { page } = grace;
    await grace.signIn("grace");
    await grace.choose("Compiler", "Publish");
    await grace.row("Compiler").getByText("Published").waitFor();
    await grace.choose("Compiler", "Make public");
    await grace.row("Compiler").getByTitle("Public").waitFor();
    await page.getByRole("link", { name: /^Published/ }).click();
    await grace.row("Compiler").waitFor();
    await grace.choose("Compiler", "Unpublish");
    await grace.row("Compiler").waitFor({ state: "detached" });
    await page.getByRole("link", { name: /^Draft/ }).click();
    await grace.choose("Compiler", "Archive");
    await page.getByRole("link", { name: /^Archived/ }).click();
    await grace.row("Compiler").waitFor();
  });

  it("loads a long list page by page", async () => {
    const titles = Array.from(
      { length: 25 },
      (_, index) => `Entry ${index + 1}`,
    );
    for (const title of titles)
      await world.stack.create("grace", {
        title,
        content: `Log of ${title.toLowerCase()}`,
      });
    const grace = await world.arrive("grace");
    const { page } = grace;
    await grace.signIn("grace");
    await grace.row("Entry 25").waitFor();
    const rows = page
      .getByRole("list", { name: "My documents" })
      .getByRole("listitem");
    expect(await rows.count()).toBe(20);
    expect(await rows.first().getByRole("link").innerText()).toBe("Entry 25");
    await grace.button("Load more").click();
    await grace.row("Entry 1").waitFor();

    expect(await rows.count()).toBeGreaterThanOrEqual(25);
  });
}
