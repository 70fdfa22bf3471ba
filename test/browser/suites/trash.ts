import { it } from "vitest";
import type { World } from "../support/world.js";

/** What has been removed, and the ways back and out. */
export function trash(world: World): void {
  it("takes a document away, brings it back by Undo, and deletes it for good only when asked twice", async () => {
    await world.stack.create("grace", { title: "Old minutes", content: "A" });
    const grace = await world.arrive("grace");
    await grace.signIn("grace");
    await grace.choose("Old minutes", "Move to trash");
    await grace.row("Old minutes").waitFor({ state: "detached" });
    await grace.see("Moved “Old minutes” to the trash");
    await grace.screenshot("trash-undo");
    await grace.button("Undo").click();
    await grace.row("Old minutes").waitFor();

    await grace.choose("Old minutes", "Move to trash");
    await grace.open("#/trash");
    await grace.button("Restore Old minutes").waitFor();
    await grace.screenshot("trash");
    await grace.button("Restore Old minutes").click();
    await grace.see("The trash is empty");
    await grace.screenshot("trash-empty");

    await grace.open("#/");
    await grace.choose("Old minutes", "Move to trash");
    await grace.open("#/trash");
    await grace.button("Delete Old minutes for good").click();
    await grace.button("Cancel").click();
    await grace.button("Delete Old minutes for good").click();
    await grace.screenshot("purge");
    await grace.button("Delete for good").last().click();
    await grace.see("The trash is empty");
  });
}
