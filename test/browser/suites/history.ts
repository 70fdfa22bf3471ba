import { expect, it } from "vitest";
import { focused, violations } from "../support/audit.js";
import { looking, SCREENS } from "../support/look.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

/** What a document contained before, and how it comes back. */
export function history(world: World): void {
  /** A document with three versions: another text, then another title too. */
  const write = async (visitor: Visitor, title: string) => {
    const id = await world.stack.create("ada", {
      title,
      content: "The lighthouse stands on the northern cliff.",
    });
    await visitor.signIn("ada", `#/d/${id}`);
    const save = async (field: string, text: string, version: number) => {
      await visitor.field(field).fill(text);
      await visitor.page.keyboard.press("Control+Enter");
      await visitor.page
        .getByRole("link", { name: `Version ${version}: its history` })
        .waitFor();
    };
    await save("Content", "The lighthouse stands on the southern cliff.", 2);
    await save("Title", `${title}, again`, 3);
    return id;
  };
  const versions = async ({ page }: Visitor) =>
    await page
      .getByRole("list", { name: "Versions" })
      .locator(".versions-list__name")
      .allInnerTexts();
  const change = ({ page }: Visitor, name: string) =>
    page.getByRole("region", { name, exact: true });

  it("lists who wrote what, marks the words that differ, and brings back one field or all", async () => {
    const ada = await world.arrive("ada");
    const id = await write(ada, "Lighthouse log");
    await ada.page
      .getByRole("link", { name: "Version 3: its history" })
      .click();
    await expect
      .poll(() => versions(ada))
      .toEqual(["Version 3\nNow", "Version 2", "Version 1"]);
    await ada.page.getByRole("link", { name: /^Version 1/ }).click();
    const marks = (side: string) =>
      change(ada, "Text")
        .getByRole("group", { name: side })
        .locator("mark")
        .allTextContents();
    await change(ada, "Title").waitFor();
    await expect.poll(() => marks("Then")).toEqual(["northern "]);
    expect(await marks("Now")).toEqual(["southern "]);
    await ada.screenshot("history");
    await ada.button("Bring back the title").click();
    await ada.see("Brought back");
    await expect
      .poll(() => ada.field("Title").inputValue())
      .toBe("Lighthouse log");
    expect(await ada.field("Content").inputValue()).toContain("southern");

    await ada.open(`#/d/${id}/history/1`);
    await ada.button("Bring back all of it").click();
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toContain("northern");
    await ada.button("Undo").last().click();
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toContain("southern");
    await ada.open(`#/d/${id}/history`);
    await expect
      .poll(() => versions(ada))
      .toEqual([
        "Version 6\nNow",
        "Version 5",
        "Version 4",
        "Version 3",
        "Version 2",
        "Version 1",
      ]);
  });

  it("brings back what still fits, of a version that was written under other rules", async () => {
    const ada = await world.arrive("ada");
    const id = await write(ada, "Keeper's log");
    // Titles were not asked for then.
    const fields = { title: "" };
    await world.stack.operate({ past: id, version: 1, fields });
    await ada.open(`#/d/${id}/history/1`);
    const refusal = ada.page.getByRole("alert");
    const rest = ada.button("Bring back what is still valid");
    // Of one field there is nothing else to bring back.
    await ada.button("Bring back the title").click();
    await refusal.getByText("Give it a title.").waitFor();
    expect(await rest.count()).toBe(0);
    await ada.button("Bring back all of it").click();
    await rest.waitFor();
    expect(await violations(ada.page)).toEqual([]);
    await rest.click();
    await ada.see("Left as it is: title.");
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toContain("northern");
    expect(await ada.field("Title").inputValue()).toBe("Keeper's log, again");
    // A field that fits comes back alone, though its neighbour does not.
    await ada.button("Undo").last().click();
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toContain("southern");
    await ada.open(`#/d/${id}/history/1`);
    await ada.button("Bring back the text").click();
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toContain("northern");
  });

  it("names a version, takes the name back, and is live in another window", async () => {
    const ada = await world.arrive("ada");
    const id = await write(ada, "Named");
    const other = await world.anotherWindowOf(ada);
    await other.signIn("ada", `#/d/${id}/history`);
    await ada.open(`#/d/${id}/history/2`);
    await ada.button("Name it…").click();
    await ada.field("Name").fill("As it was sent");
    await ada.page.keyboard.press("Control+Enter");
    await ada.dialogGone();
    await expect.poll(() => versions(other)).toContain("As it was sent");
    await ada.button("Rename…").click();
    await ada.field("Name").fill("");
    await ada.page.keyboard.press("Enter");
    await ada.dialogGone();
    await expect.poll(() => versions(other)).toContain("Version 2");
    await ada.open(`#/d/${id}/history/9`);
    await ada.see("Version 9 is not kept");
  });

  it("is its owner's: to others it is as if there were none", async () => {
    const id = await world.stack.create("ada", {
      title: "Open diary",
      content: "Today",
      status: "published",
      isPublic: true,
    });
    const grace = await world.arrive("grace");
    await grace.signIn("grace", `#/d/${id}`);
    await grace.see("Version 1");
    expect(
      await grace.page.getByRole("link", { name: /history/ }).count(),
    ).toBe(0);
    await grace.open(`#/d/${id}/history`);
    await grace.see("There is no history to see");
    await grace.open("#/d/nothing/history");
    await grace.see("Document not found");
  });

  it("needs no more than a keyboard", async () => {
    const ada = await world.arrive("ada");
    await write(ada, "By keys");
    const { page } = ada;
    await page.getByRole("link", { name: /its history/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "History" }).waitFor();
    await page.getByRole("link", { name: /^Version 1/ }).focus();
    await page.keyboard.press("Enter");
    await change(ada, "Text").waitFor();
    await ada.button("Bring back the text").focus();
    expect(await focused(page)).toBe("Bring back the text");
    await page.keyboard.press("Space");
    await expect
      .poll(() => ada.field("Content").inputValue())
      .toContain("northern");
  });

  it.each(SCREENS)(
    "on a %s, %s, nothing is in the way of it",
    async (size, colorScheme, options) => {
      const visitor = await world.arrive(`history ${size} ${colorScheme}`, {
        colorScheme,
        ...options,
      });
      const { page } = visitor;
      const id = await write(visitor, `Lights on a ${size}, ${colorScheme}`);
      const look = looking(visitor, size, colorScheme);
      await visitor.button("Publish").click();
      await visitor.page
        .getByRole("main")
        .getByText("Published", { exact: true })
        .waitFor();
      await visitor.field("Content").fill("The lighthouse is gone.");
      await page.keyboard.press("Control+Enter");
      await page.getByRole("region", { name: "Unpublished changes" }).waitFor();
      await visitor.see("Saved");
      await look("unpublished");
      await visitor.open(`#/d/${id}/history`);
      await page.getByRole("link", { name: /^Version 1/ }).waitFor();
      await look("history");
      await page.getByRole("link", { name: /^Version 1/ }).click();
      await change(visitor, "Text").waitFor();
      await look("history-version");
      await visitor.button("Name it…").click();
      await page.getByRole("dialog").waitFor();
      await look("history-name");
    },
  );
}
