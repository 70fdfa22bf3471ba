import { expect, it } from "vitest";
import { interceptable } from "../support/connection.js";
import type { World } from "../support/world.js";

/** Many documents at once. */
export function batches(world: World): void {
  it("selects rows by keyboard, changes them in one call, and says by its code what was refused", async () => {
    const ids: string[] = [];
    for (const title of ["Batch one", "Batch two", "Batch three"])
      ids.push(await world.stack.create("ada", { title, content: title }));
    const ada = await world.arrive("ada");
    const connection = await interceptable(world, ada);
    const { page } = ada;
    await ada.signIn("ada");
    await ada.row("Batch three").getByRole("link").focus();
    await page.keyboard.press("x");
    await ada.see("1 selected");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("toolbar").count()).toBe(0);
    await page.keyboard.press("x");
    await ada.row("Batch one").getByRole("link").focus();
    await page.keyboard.press("Shift+X");
    await ada.see("3 selected");
    await ada.screenshot("selection");

    connection.cut();
    await ada.see("Connection lost");
    await world.stack.remove("ada", ids[1] ?? "");
    await ada.button("Archive").click();
    connection.restore();
    await ada.see("2 documents archived");
    await ada.see("1 not: This document is not there any more.");
    await ada.screenshot("batch-refused");
    await ada.row("Batch one").getByText("Archived").waitFor();
  });

  it("changes more than a page in the background, with a bar that moves, and says what became of it", async () => {
    const items = Array.from({ length: 100 }, (_, index) => ({
      title: `Sample ${index + 1}`,
      content: "One of many",
    }));
    for (let call = 0; call < 3; call++)
      await world.stack.createMany("grace", items);
    const grace = await world.arrive("grace");
    const { page } = grace;
    await grace.signIn("grace", "#/?status=draft");
    await page.getByRole("checkbox").first().check();
    await grace.button("All my drafts…").click();
    await grace.see(/All 3\d\d drafts selected/);
    await grace.screenshot("select-all");
    await world.stack.schedule({ hold: true });
    await grace.button("Archive").click();
    const bar = page.getByRole("progressbar");
    await bar.waitFor();
    const before = await bar.getAttribute("value");
    // A look at the operation may come due before its first step.
    await expect
      .poll(async () => {
        await world.stack.schedule({ run: 1 });
        return await bar.getAttribute("value");
      })
      .not.toBe(before);
    await grace.screenshot("progress");
    await world.stack.schedule({ release: true });
    await grace.see(/3\d\d documents archived/);
    await grace.see("No drafts");
    await grace.screenshot("progress-done");
    await grace.button("Dismiss").first().click();
    expect(await page.getByText(/documents archived/).count()).toBe(0);
  });
}
