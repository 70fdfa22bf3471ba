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
    const connection = await interceptable(ada);
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
}
