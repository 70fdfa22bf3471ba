import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import { looking, PHONE } from "../support/look.js";
import type { World } from "../support/world.js";

/** One's own data: to take along, and gone. What comes after it finds nothing of Grace's. */
export function account(world: World): void {
  it("is reached from the menu, by keyboard, and is nobody's who is signed out", async () => {
    const ada = await world.arrive("ada");
    await ada.open("#/account");
    await ada.see("Your account");
    await ada.signIn("ada");
    await ada.button("Account of Ada Lovelace").focus();
    await ada.page.keyboard.press("Enter");
    await ada.page
      .getByRole("menuitem", { name: "Account", exact: true })
      .press("Enter");
    await ada.page.getByRole("heading", { name: "Account" }).waitFor();
    await ada.see("ada@demo.convex-docs.example");
  });

  it("gives everything as a file, earlier versions too, and nothing of others", async () => {
    await world.stack.create("grace", { title: "Not hers", content: "" });
    const id = await world.stack.create("ada", {
      title: "To take along",
      content: "Before",
    });
    const ada = await world.arrive("ada");
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Content").fill("After");
    await ada.page.keyboard.press("Control+Enter");
    await ada.see("Saved");
    await ada.open("#/account");
    await ada.button("Export").click();
    await ada.see(/^Ready: .*document.*earlier version/);
    const link = ada.page.getByRole("link", { name: "Download" });
    expect(await link.getAttribute("download")).toBe("acme-docs-ada.jsonl");
    const text = await link.evaluate(async (element) => {
      const { href } = element as HTMLAnchorElement;
      return await (await fetch(href)).text();
    });
    type Line = {
      kind: string;
      document?: { title: string; content: string };
      revision?: { fields: { content?: string } };
    };
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    const documents = lines.flatMap(({ document }) => document ?? []);
    expect(
      documents.find(({ title }) => title === "To take along")?.content,
    ).toBe("After");
    expect(
      lines.some(({ revision }) => revision?.fields.content === "Before"),
    ).toBe(true);
    expect(documents.map(({ title }) => title)).not.toContain("Not hers");
    await ada.screenshot("account-export");
  });

  it("names what is left and why, and goes on with it when it is asked again", async () => {
    const held = await world.stack.create("grace", {
      title: "Evidence",
      content: "Kept for a court",
    });
    await world.stack.create("grace", { title: "Free", content: "" });
    await world.stack.operate({ call: "privacy:hold", args: { id: held } });
    const grace = await world.arrive("grace, held");
    await grace.signIn("grace", "#/account");
    const erase = async () => {
      await grace.button(/^Erase (everything|again)…/).click();
      await grace.button("Erase everything").last().click();
    };
    await erase();
    const receipt = grace.page.getByRole("group", { name: "Receipt" });
    await receipt.getByText("Erased, but for what is named below").waitFor();
    const left = receipt.getByRole("list", { name: "What is left" });
    expect(await left.getByRole("listitem").count()).toBe(1);
    expect(await violations(grace.page)).toEqual([]);
    await grace.screenshot("account-partial");
    await left.getByRole("link").click();
    await expect.poll(() => grace.field("Title").inputValue()).toBe("Evidence");
    await world.stack.operate({ call: "privacy:release", args: { id: held } });
    await grace.open("#/account");
    await erase();
    await receipt.getByText("Everything is erased").waitFor();
    expect(await left.count()).toBe(0);
    await grace.open("#/");
    await grace.see("Write your first document");
  });

  it.each([
    ["desktop", {}],
    ["phone", PHONE],
  ] as const)(
    "erases everything on a %s, when asked twice, and leaves a receipt",
    async (size, options) => {
      const document = { title: `Gone, ${size}`, content: "Secret" };
      const id = await world.stack.create("grace", {
        ...document,
        status: "published",
        isPublic: true,
      });
      await world.stack.remove(
        "grace",
        await world.stack.create("grace", document),
      );
      const stranger = await world.arrive("stranger");
      await stranger.open(`#/d/${id}`);
      await stranger.see("Secret");
      const grace = await world.arrive(`account ${size}`, options);
      const look = looking(grace, size);
      await grace.signIn("grace", "#/account");
      await grace.button(/^Erase (everything|again)…/).click();
      await look("account-asked");
      await grace.button("Cancel").click();
      await grace.dialogGone();
      await stranger.page.reload();
      await stranger.see("Secret");

      await grace.button(/^Erase (everything|again)…/).click();
      await grace.button("Erase everything").last().click();
      await stranger.see("This document is not there any more");
      const receipt = grace.page.getByRole("group", { name: "Receipt" });
      await receipt.getByText("Everything is erased").waitFor();
      await receipt.getByText("Documents deleted", { exact: true }).waitFor();
      await look("account-receipt");
      await grace.open("#/");
      await grace.see("Write your first document");
      await grace.open("#/trash");
      await grace.see("The trash is empty");
      // The receipt stays, though there is nothing of hers.
      await grace.open("#/account");
      await receipt.getByText("kept for three years").waitFor();
    },
  );
}
