import { expect, it } from "vitest";
import { interceptable } from "../support/connection.js";
import type { World } from "../support/world.js";

/** What the page does when the deployment cannot be heard, or answers with a bug. */
export function failures(world: World): void {
  it("says when the connection is lost, and sends what was saved meanwhile", async () => {
    const id = await world.stack.create("ada", {
      title: "On a train",
      content: "",
    });
    const ada = await world.arrive("ada");
    const connection = await interceptable(world, ada);
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Content").waitFor();
    connection.cut();
    await ada.see("Connection lost");
    await ada.field("Content").fill("Written in a tunnel");
    await ada.page.keyboard.press("Control+Enter");
    await ada.see("Waiting for the connection");
    await ada.screenshot("offline");
    connection.restore();
    await ada.see("Version 2");
    await ada.page.getByText("Connection lost").waitFor({ state: "detached" });
  });

  it("shows a failed list as failed, and asks again on request", async () => {
    await world.stack.create("ada", {
      title: "Still here",
      content: "",
      status: "published",
      isPublic: true,
    });
    const ada = await world.arrive("ada");
    const connection = await interceptable(world, ada);
    connection.failQueries(true);
    await ada.open("#/public");
    await ada.see("Something went wrong on our side");
    await ada.see("5f3a9c0e7d");
    await ada.screenshot("failed");
    connection.failQueries(false);
    await ada.button("Try again").click();
    await ada.row("Still here").waitFor();
    // React and Convex both report what the page has handled.
    ada.problems.length = 0;
  });

  it("shows a document that a bug hides as a bug, with what to tell the support, and asks again on request", async () => {
    const id = await world.stack.create("ada", {
      title: "Behind a bug",
      content: "",
    });
    const ada = await world.arrive("ada");
    const connection = await interceptable(world, ada);
    await ada.signIn("ada");
    await ada.row("Behind a bug").waitFor();
    connection.failQueries(true);
    await ada.row("Behind a bug").getByRole("link").click();
    await ada.see("Something went wrong on our side");
    await ada.see("5f3a9c0e7d");
    connection.failQueries(false);
    await ada.button("Try again").click();
    await ada.field("Content").waitFor();
    expect(ada.page.url()).toContain(id);
    ada.problems.length = 0;
  });

  it("says that a bug kept an edit from being saved, and keeps the edit", async () => {
    const id = await world.stack.create("ada", {
      title: "Before the bug",
      content: "",
    });
    const ada = await world.arrive("ada");
    const connection = await interceptable(world, ada);
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Content").fill("Typed with care");
    connection.failMutations(true);
    await ada.button(/^Save(?! and)/).click();
    await ada.see("INTERNAL");
    await ada.see(/For our support: 5f3a9c0e7d/);
    await ada.screenshot("bug");
    await ada.page.setViewportSize({ width: 360, height: 740 });
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("narrow-bug");
    await ada.page.setViewportSize({ width: 1280, height: 800 });
    expect(await ada.field("Content").inputValue()).toBe("Typed with care");
    connection.failMutations(false);
    await ada.button(/^Save(?! and)/).click();
    await ada.see("Version 2");
    ada.problems.length = 0;
  });
}
