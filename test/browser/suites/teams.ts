import { expect, it } from "vitest";
import { focused, tooSmall, violations } from "../support/audit.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };
const TEAM = "Engine room";

/** What a team owns, what strangers see of it, and why somebody in it may not do something. */
export function teams(world: World): void {
  const write = async (visitor: Visitor, title: string, content: string) => {
    await visitor.button("New document").click();
    const { page } = visitor;
    const name = `New document in ${TEAM}`;
    const dialog = page.getByRole("dialog", { name });
    await dialog.getByLabel("Title").fill(title);
    await dialog.getByLabel("Content").fill(content);
    await page.keyboard.press("Control+Enter");
    await visitor.row(title).waitFor();
  };
  const fits = async (visitor: Visitor) => {
    expect.soft(await violations(visitor.page)).toEqual([]);
    expect.soft(await visitor.overflow()).toBeLessThanOrEqual(0);
  };

  it("is one space of several people, with whose change it was; an editor is told why not, and a stranger sees less", async () => {
    const [ada, grace, stranger] = [
      await world.arrive("ada"),
      await world.arrive("grace"),
      await world.arrive("stranger"),
    ];
    const title = "Plan of the engine";
    await Promise.all([
      ada.signIn("ada", "#/team"),
      grace.signIn("grace", "#/team"),
    ]);
    await ada.field("Name of the team").fill(TEAM);
    await ada.page.keyboard.press("Enter");
    await ada.page.getByRole("heading", { name: TEAM }).waitFor();
    await ada.button("People").click();
    await grace.see("Start a team");
    await ada.field("Part of Grace Hopper").selectOption("edits");
    await grace.page.getByRole("heading", { name: TEAM }).waitFor();
    await ada.screenshot("team-people");
    await ada.page.keyboard.press("Escape");
    await ada.dialogGone();
    await grace.see("The team has no documents yet");

    await write(ada, title, "Wheels and cards");
    await grace.row(title).getByText("by Ada").waitFor();
    await grace.row(title).getByRole("link").click();
    await grace.field("Content").fill("Wheels, cards and steam");
    await grace.field("Due").fill("2031-05-04");
    await grace.page.keyboard.press("Control+Enter");
    await grace.see("Saved");
    const row = ada.row(title);
    await row.getByText("by Grace Hopper").waitFor();
    await row.getByText("steam").waitFor();
    await grace.page.getByRole("link", { name: TEAM }).click();
    await write(grace, "Notes of the night", "Kept for the morning");
    await ada.row("Notes of the night").getByText("by Grace").waitFor();
    await ada.screenshot("team");
    await fits(ada);

    const phone = await world.arrive("phone, team", PHONE);
    await phone.signIn("grace", "#/team");
    await phone.row("Notes of the night").waitFor();
    await phone.screenshot("phone-team");
    await fits(phone);
    expect.soft(await tooSmall(phone.page)).toEqual([]);
    await phone.open("#/");
    await phone.screenshot("phone-list-header");
    await fits(phone);

    // An editor is told why not, and by whom.
    await grace.row(title).getByRole("link").click();
    await grace.choose(title, "Move to trash");
    await grace.see("You can edit this document, but not do this");
    await grace.see("ask Ada Lovelace, who leads Engine room");
    // Nothing has gone.
    await ada.row(title).waitFor();
    await grace.field("Content").waitFor();
    await grace.screenshot("team-refused");
    await grace.button("Share").click();
    await grace.see("Only the owner and managers share this document");
    await grace.see("Ask Ada Lovelace, who leads Engine room");
    await grace.page.keyboard.press("Escape");
    await grace.dialogGone();

    await ada.choose(title, "Make public");
    await ada.choose(title, "Publish");
    await grace.see("Readers do not see it.");
    const { href } = new URL(grace.page.url());
    await stranger.open(href.slice(href.indexOf("#")));
    await stranger.see("Wheels, cards and steam");
    for (const hidden of ["Due", "Grace", "Engine room"])
      expect(await stranger.page.getByText(hidden).count(), hidden).toBe(0);
    await stranger.screenshot("team-stranger");
    await fits(stranger);

    await ada.button("People").click();
    await ada.field("Part of Grace Hopper").selectOption("none");
    // What everybody reads stays; the rest has gone in the same moment.
    await grace.button("Try to edit").waitFor();
    expect(await grace.page.getByText("Due").count()).toBe(0);
    await grace.open("#/team");
    await grace.see("Start a team");
    await ada.page.keyboard.press("Escape");
    await ada.dialogGone();
    await ada.row("Notes of the night").waitFor();
    await ada.choose(title, "Make private");
  });

  it("explains to who may only view that they do not edit, and whom to ask", async () => {
    const [ada, grace] = [
      await world.arrive("ada"),
      await world.arrive("phone, viewer", PHONE),
    ];
    const title = "To be read";
    const id = await world.stack.create("ada", { title, content: "As it is" });
    await ada.signIn("ada", `#/d/${id}`);
    await ada.button("Share").click();
    const email = "grace@demo.convex-docs.example";
    await ada.field("Invite by e-mail").fill(email);
    await ada.page.keyboard.press("Enter");
    await grace.signIn("grace", `#/d/${id}`);
    await grace.button("Try to edit").click();
    await grace.field("Content").fill("As I like it");
    await grace.button(/^Save/).click();
    await grace.see("You can view this document, but not change it");
    await grace.see("Ask Ada Lovelace to let you edit it.");
    await grace.screenshot("phone-viewer-refused");
    await fits(grace);
    await grace.button("Discard my changes").click();
    await grace.button("Try to edit").waitFor();
    expect(await focused(grace.page)).not.toBe("body");
  });
}
