import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };
const GRACE = "grace@demo.convex-docs.example";

/** Letting others in: by their address, with a role, or by a link. */
export function invitations(world: World): void {
  const openShare = async (visitor: Visitor, title: string) => {
    await visitor.button("Share").click();
    const name = `Share “${title}”`;
    const dialog = visitor.page.getByRole("dialog", { name });
    await dialog.waitFor();
    return dialog;
  };

  it("invites by e-mail; the other window has it at once, with its role, and loses it at once", async () => {
    const [ada, grace] = [
      await world.arrive("ada"),
      await world.arrive("grace"),
    ];
    const title = "Notes for two";
    const id = await world.stack.create("ada", { title, content: "Draft" });
    await Promise.all([
      ada.signIn("ada", `#/d/${id}`),
      grace.signIn("grace", "#/shared"),
    ]);
    await grace.see("Nothing is shared with you");
    const dialog = await openShare(ada, title);
    // By keyboard alone: the field has the focus.
    await ada.page.locator("input:focus").waitFor();
    await ada.page.keyboard.type("nobody");
    await ada.page.keyboard.press("Enter");
    await ada.see("Type a whole address");
    await ada.field("Invite by e-mail").fill(` ${GRACE.toUpperCase()} `);
    await ada.page.keyboard.press("Enter");
    await dialog.getByText("Grace Hopper").waitFor();
    await grace.row(title).getByText("Can view").waitFor();
    await ada.screenshot("share-dialog");
    await grace.screenshot("shared-with-me");

    await grace.row(title).getByRole("link").click();
    await grace.page.getByRole("heading", { name: title }).waitFor();
    await dialog.getByLabel("Role of Grace Hopper").selectOption("editor");
    await grace.field("Content").fill("Draft of two");
    await grace.page.keyboard.press("Control+Enter");
    await grace.see("Saved");
    await ada.see("Version 2");

    // Who may edit may not share, and is told who may.
    await openShare(grace, title);
    await grace.see("Only the owner and managers share this document");
    await grace.see("Ask Ada Lovelace to let somebody in");
    await grace.screenshot("share-refused");
    await dialog.getByRole("button", { name: "Remove Grace Hopper" }).click();
    await grace.see("This document is not there any more");
    await dialog.getByText("Grace Hopper").waitFor({ state: "detached" });
    await ada.page.keyboard.press("Escape");
    await ada.dialogGone();
    expect(
      await ada.page.evaluate(() => document.activeElement?.textContent),
    ).toBe("Share");
  });

  it("explains a refused role, and shares on once that is right", async () => {
    const [ada, grace] = [
      await world.arrive("ada"),
      await world.arrive("grace"),
    ];
    const title = "Managed by two";
    const id = await world.stack.create("ada", { title, content: "" });
    await ada.signIn("ada", `#/d/${id}`);
    const dialog = await openShare(ada, title);
    await ada.field("Invite by e-mail").fill(GRACE);
    await ada.field("Role of who is invited").selectOption("manager");
    await dialog.getByRole("button", { name: "Invite" }).click();
    await dialog.getByText("Grace Hopper").waitFor();

    // It is Grace's own once she is there: who is only invited shares with nobody.
    await grace.signIn("grace", `#/d/${id}`);
    await dialog.getByText("Invited until").waitFor({ state: "detached" });
    const hers = await openShare(grace, title);
    await grace.field("Invite by e-mail").fill("new@example.com");
    await grace.field("Role of who is invited").selectOption("manager");
    await grace.field("Role of who is invited").press("Tab");
    await grace.page.keyboard.press("Enter");
    await grace.see("You cannot give or change this role");
    await grace.see("FORBIDDEN");
    await grace.field("Role of who is invited").selectOption("editor");
    await hers.getByRole("button", { name: "Invite" }).click();
    await dialog.getByText("new@example.com").waitFor();
  });

  it("lets a stranger in by a link, until it is revoked; the address is told once", async () => {
    const [ada, stranger] = [
      await world.arrive("ada"),
      await world.arrive("stranger"),
    ];
    const title = "For the press";
    const id = await world.stack.create("ada", {
      title,
      content: "Not published yet",
    });
    await ada.signIn("ada", `#/d/${id}`);
    const dialog = await openShare(ada, title);
    await dialog.getByRole("button", { name: "Create link" }).click();
    const address = await ada.field("New link").inputValue();
    expect(address).toContain(`#/d/${id}/link/`);
    await dialog.getByRole("button", { name: "Copy" }).click();
    await ada.see(/Copied|The address is selected/);
    await ada.screenshot("share-link");
    await stranger.open(address.slice(address.indexOf("#")));
    await stranger.see("Not published yet");

    await ada.page.keyboard.press("Escape");
    await ada.dialogGone();
    await openShare(ada, title);
    expect(await ada.field("New link").count()).toBe(0);
    await ada.button("Revoke link 1: Can view").click();
    await stranger.see("This document is not there any more");
  });

  it("fits a phone, and leaves nothing in anybody's way", async () => {
    const ada = await world.arrive("phone, sharing", PHONE);
    const grace = await world.arrive("phone, shared", PHONE);
    const title = "A title that is so long that it has no place on a phone";
    const id = await world.stack.create("ada", { title, content: "" });
    await ada.signIn("ada", `#/d/${id}`);
    const dialog = await openShare(ada, title);
    await ada.field("Invite by e-mail").fill(GRACE);
    await dialog.getByRole("button", { name: "Invite" }).click();
    await dialog.getByText("Grace Hopper").waitFor();
    await dialog.getByRole("button", { name: "Create link" }).click();
    await ada.field("New link").waitFor();
    await ada.screenshot("phone-share-dialog");
    expect(await violations(ada.page)).toEqual([]);
    expect(await ada.overflow()).toBeLessThanOrEqual(0);

    await grace.signIn("grace", "#/shared");
    await grace.row(title).waitFor();
    await grace.screenshot("phone-shared-with-me");
    expect(await violations(grace.page)).toEqual([]);
    expect(await grace.overflow()).toBeLessThanOrEqual(0);
    await grace.choose(title, "Leave");
    await grace.row(title).waitFor({ state: "detached" });
  });
}
