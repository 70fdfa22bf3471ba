import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** What others see of a document, and may not do to it. */
export function sharing(world: World): void {
  it("publishes to everybody, and shows every change in the other windows at once", async () => {
    const [ada, grace, stranger] = [
      await world.arrive("ada"),
      await world.arrive("grace"),
      await world.arrive("stranger"),
    ];
    const id = await world.stack.create("ada", {
      title: "Engine notes",
      content: "Wheels",
      isPublic: true,
    });
    await Promise.all([
      ada.signIn("ada", `#/d/${id}`),
      grace.signIn("grace", "#/public"),
      stranger.open("#/public"),
    ]);
    const second = await world.anotherWindowOf(ada);
    await second.signIn("ada");
    await second.row("Engine notes").getByText("Draft").waitFor();

    await ada.button("Publish").click();
    await grace.row("Engine notes").getByText("Ada Lovelace").waitFor();
    await stranger.row("Engine notes").waitFor();
    await second.row("Engine notes").getByText("Published").waitFor();

    await ada.field("Title").fill("Notes on the Engine");
    await ada.page.keyboard.press("Enter");
    await ada.see("Saved");
    await second.row("Notes on the Engine").getByText("edited").waitFor();
    await grace.row("Engine notes").waitFor();
    await ada.button("Publish changes").click();
    await grace.row("Notes on the Engine").waitFor();

    await grace.row("Notes on the Engine").getByRole("link").click();
    await grace.page
      .getByRole("heading", { name: "Notes on the Engine" })
      .waitFor();
    await ada.page.getByRole("switch", { name: "Public" }).click();
    await grace.see("This document is not there any more");
    await stranger.see("Nothing public yet");
  });

  it("explains a refused edit by its code, and offers a copy of one's own", async () => {
    const id = await world.stack.create("ada", {
      title: "On the Analytical Engine",
      content:
        "The Analytical Engine has no pretensions whatever to originate anything. It can do whatever we know how to order it to perform.\n\nIt can follow analysis; but it has no power of anticipating any analytical relations or truths.",
      status: "published",
      isPublic: true,
    });
    const grace = await world.arrive("grace");
    await grace.signIn("grace", `#/d/${id}`);
    await grace.see("has no pretensions");
    await grace.screenshot("reading");
    await grace.button("Try to edit").click();
    await grace.field("Title").fill("On the Difference Engine");
    await grace.page.keyboard.press("Control+Enter");
    await grace.see("Only the owner can change this document");
    await grace.see("FORBIDDEN");
    await grace.see("It belongs to Ada Lovelace.");
    await grace.screenshot("refused");

    await grace.button("Save as my own copy").click();
    await grace.see("Saved as a draft of your own");
    await grace.page.getByRole("switch", { name: "Public" }).waitFor();
    expect(await grace.field("Title").inputValue()).toBe(
      "On the Difference Engine",
    );

    await grace.open(`#/d/${id}`);
    await grace.page
      .getByRole("heading", { name: "On the Analytical Engine" })
      .waitFor();
  });

  it("asks a stranger who saves to sign in, and keeps what they typed", async () => {
    const id = await world.stack.create("ada", {
      title: "Open letter",
      content: "Dear all",
      status: "published",
      isPublic: true,
    });
    const stranger = await world.arrive("stranger");
    await stranger.open(`#/d/${id}`);
    await stranger.button("Try to edit").click();
    await stranger.field("Content").fill("Dear everybody");
    await stranger.button(/^Save/).click();
    await stranger.page
      .getByRole("dialog", { name: "Sign in to go on" })
      .waitFor();
    await stranger.screenshot("sign-in");

    await stranger.button("Sign in as Ada Lovelace").click();
    await stranger.see("Unsaved changes");
    expect(await stranger.field("Content").inputValue()).toBe("Dear everybody");
    await stranger.button(/^Save Ctrl/).click();
    await stranger.see("Version 2");
  });

  it("says the same of a document that is missing and one that is private", async () => {
    const secret = await world.stack.create("ada", {
      title: "Secret",
      content: "Nobody's business",
    });
    const grace = await world.arrive("grace");
    await grace.signIn("grace");
    const texts: string[] = [];
    for (const id of [secret, "no-such-id", "%E0%A4%A"]) {
      await grace.open(`#/d/${id}`);
      await grace.see(/Document not found|There is no such page/);
      texts.push(await grace.page.locator("main").innerText());
    }
    expect(texts[0]).toContain("Document not found");
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toContain("There is no such page");
    await grace.open(`#/d/${secret}`);
    await grace.screenshot("not-found");
  });
}
