import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import { interceptable } from "../support/connection.js";
import type { World } from "../support/world.js";

/** Edits of what is published, which wait until they are published. */
export function publishing(world: World): void {
  const seed = (title: string) =>
    world.stack.create("ada", {
      title,
      content: "The lamp is lit at dusk.",
      status: "published",
      isPublic: true,
    });

  it("keeps an edit from readers until it is published, from the page or from a list", async () => {
    const id = await seed("Lamp");
    const ada = await world.arrive("ada");
    const stranger = await world.arrive("stranger");
    await stranger.open(`#/d/${id}`);
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Content").fill("The lamp is lit at dawn.");
    await ada.page.keyboard.press("Control+Enter");
    const notice = ada.page.getByRole("region", {
      name: "Unpublished changes",
    });
    await notice.getByText("Readers see what was published.").waitFor();
    await ada.screenshot("unpublished");
    await stranger.see("lit at dusk");
    await ada.button("Publish changes").click();
    await stranger.see("lit at dawn");
    await notice.waitFor({ state: "detached" });

    await ada.field("Content").fill("The lamp is never lit.");
    await ada.button("Save and publish").click();
    await stranger.see("never lit");

    await ada.field("Title").fill("Lamps");
    await ada.page.keyboard.press("Enter");
    await notice.waitFor();
    await ada.open("#/");
    await ada.row("Lamps").getByText("Published, edited").waitFor();
    expect(await violations(ada.page)).toEqual([]);
    await ada.choose("Lamps", "Publish the changes");
    await stranger.page.getByRole("heading", { name: "Lamps" }).waitFor();
    await ada
      .row("Lamps")
      .getByText("Published, edited")
      .waitFor({ state: "detached" });
  });

  it("goes back to what is published, and takes that back", async () => {
    const id = await seed("Bell");
    const ada = await world.arrive("ada");
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Content").fill("The bell rings twice.");
    await ada.page.keyboard.press("Control+Enter");
    await ada.button("Discard them").click();
    await ada.see("Back to what is published");
    const content = () => ada.field("Content").inputValue();
    await expect.poll(content).toBe("The lamp is lit at dusk.");
    await ada.button("Undo").click();
    await expect.poll(content).toBe("The bell rings twice.");
    await ada.page
      .getByRole("region", { name: "Unpublished changes" })
      .waitFor();
  });

  it("publishes what is there when the edit of another window came first, and shows it at once", async () => {
    const id = await seed("Tide");
    const ada = await world.arrive("ada");
    const connection = await interceptable(world, ada);
    await ada.signIn("ada", `#/d/${id}`);
    connection.hold();
    await ada.field("Content").fill("The tide is high.");
    await ada.page.keyboard.press("Control+Enter");
    // Before the server has answered.
    await ada.page
      .getByRole("region", { name: "Unpublished changes" })
      .waitFor();
    connection.letGo();
    const two = await world.anotherWindowOf(ada);
    await two.signIn("ada", `#/d/${id}`);
    await two.button("Discard them").click();
    await ada.page
      .getByRole("region", { name: "Unpublished changes" })
      .waitFor({ state: "detached" });
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toBe("The lamp is lit at dusk.");
  });

  it("publishes at a time, which it says in the reader's zone, unless the plan is cancelled", async () => {
    const id = await world.stack.create("ada", {
      title: "Almanac",
      content: "Of the year to come.",
      isPublic: true,
    });
    const ada = await world.arrive("ada in Tokyo", {
      timezoneId: "Asia/Tokyo",
    });
    await ada.signIn("ada", `#/d/${id}`);
    const { page } = ada;
    const plan = async (when: string) => {
      await ada.choose("Almanac", "Plan for a time…");
      await ada.see("In your time zone, Asia/Tokyo.");
      await ada.field("When").fill(when);
      await page.keyboard.press("Control+Enter");
    };
    await plan("2031-05-01T09:00");
    await ada.dialogGone();
    const notice = page.getByRole("region", { name: "Will be published" });
    await notice.getByText("May 1, 2031, 9:00 AM GMT+9").waitFor();
    expect(await notice.locator("time").getAttribute("datetime")).toBe(
      "2031-05-01T00:00:00.000Z",
    );
    expect(await violations(page)).toEqual([]);
    await ada.screenshot("planned");
    await notice.getByRole("button", { name: /^Cancel/ }).click();
    await notice.waitFor({ state: "detached" });

    await plan("2020-01-01T09:00");
    await ada.see("Choose a time that is to come.");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await ada.dialogGone();
    // What is due comes by itself.
    const soon = await page.evaluate(() => Date.now() + 1_500);
    await world.stack.plan("ada", id, soon);
    await notice.waitFor();
    const stranger = await world.arrive("stranger");
    await stranger.open(`#/d/${id}`);
    await stranger.see("Of the year to come.");
    await notice.waitFor({ state: "detached" });
  });
}
