import { it } from "vitest";
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
    const connection = await interceptable(ada);
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
    const connection = await interceptable(ada);
    connection.failQueries(true);
    await ada.open("#/public");
    await ada.see("Something went wrong on our side");
    await ada.screenshot("failed");
    connection.failQueries(false);
    await ada.button("Try again").click();
    await ada.row("Still here").waitFor();
    // React and Convex both report what the page has handled.
    ada.problems.length = 0;
  });
}
