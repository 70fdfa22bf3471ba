import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** Finding documents by their words. */
export function searching(world: World): void {
  it("finds one's own documents by words of their text, while they are typed", async () => {
    await world.stack.create("ada", {
      title: "Weather diary",
      content: "A barometer fell over the moors all morning.",
    });
    await world.stack.create("grace", {
      title: "Another barometer",
      content: "Grace's own",
    });
    const ada = await world.arrive("ada");
    const { page } = ada;
    await ada.signIn("ada");
    await ada.row("Weather diary").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("barometer");
    await ada.see("1 document found for “barometer”");
    expect(await page.getByRole("listitem").count()).toBe(1);
    await ada.row("Weather diary").waitFor();
    await ada.screenshot("search");

    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("xylophone");
    await ada.see("Nothing found for “xylophone”");
    await ada.screenshot("search-empty");
    await ada.button("Clear the search").click();
    await ada.row("Weather diary").waitFor();
  });

  it("finds what anybody may read, signed in or not, and nothing else", async () => {
    const document = { title: "Tide tables", content: "High water at noon" };
    await world.stack.create("ada", {
      ...document,
      status: "published",
      isPublic: true,
    });
    await world.stack.create("ada", { ...document, title: "Private tides" });
    const stranger = await world.arrive("stranger");
    await stranger.open("#/public");
    await stranger.field("Search public documents").fill("water");
    await stranger.see("1 document found for “water”");
    await stranger.row("Tide tables").getByText("Ada Lovelace").waitFor();
  });
}
