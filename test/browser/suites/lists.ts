import { expect, it } from "vitest";
import { tooSmall, violations } from "../support/audit.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

const PHONE = { width: 360, height: 740 };
const DAY = 24 * 60 * 60 * 1000;

/** Sorting, filtering and counting by the example's own fields. */
export function lists(world: World): void {
  const titles = async ({ page }: Visitor) =>
    await page
      .getByRole("list", { name: "My documents" })
      .locator(".row__title")
      .allInnerTexts();

  it("edits tags and a due date, and finds the document by both", async () => {
    const ada = await world.arrive("ada");
    const { page } = ada;
    const id = await world.stack.create("ada", {
      title: "Tagged by hand",
      content: "",
    });
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Tags").fill("harbour");
    await page.keyboard.press("Enter");
    // A comma ends a tag, too, and what is still in the field is saved with the rest.
    await ada.field("Tags").fill("north,");
    await ada.field("Tags").fill("wood");
    await ada.field("Due").fill("2031-05-17");
    await page.keyboard.press("Control+s");
    await ada.see("Version 2");
    await page.reload();
    await ada.button("Remove the tag north").click();
    await page.keyboard.press("Control+s");
    await ada.see("Version 3");
    expect(await ada.field("Due").inputValue()).toBe("2031-05-17");

    await ada.open("#/?tag=harbour");
    await ada.row("Tagged by hand").getByText("wood").waitFor();
    await ada.see(/^harbour 1/);
    await ada.open("#/?tag=north");
    await ada.see("Nothing tagged “north”");
    await ada.open("#/?sort=due");
    await ada.row("Tagged by hand").getByText(/^Due/).waitFor();
    await ada.open(`#/d/${id}`);
    await ada.field("Due").fill("");
    await page.keyboard.press("Control+s");
    await ada.see("Version 4");
    await ada.open("#/?sort=due");
    await ada.row("Tagged by hand").waitFor({ state: "detached" });
  });

  it("says at the field that there are too many tags", async () => {
    const ada = await world.arrive("ada");
    const { page } = ada;
    const id = await world.stack.create("ada", {
      title: "Nine tags",
      content: "",
    });
    await ada.signIn("ada", `#/d/${id}`);
    await ada.field("Tags").fill("a,b,c,d,e,f,g,h,i,");
    await page.keyboard.press("Control+s");
    await page.getByText("Keep it to 8 tags.").waitFor();
    await ada.button("Remove the tag i").click();
    await page.keyboard.press("Control+s");
    await ada.see("Version 2");
  });

  it("sorts by title and by due date over pages, counts each filter, and keeps up with writes", async () => {
    const now = Date.now();
    const items = Array.from({ length: 25 }, (_, index) => ({
      // A letter's case and accents do not matter.
      title: `${index % 2 === 0 ? "Éclair" : "eclair"} ${String(index).padStart(2, "0")}`,
      content: "",
      tags: ["sweet", ...(index < 3 ? ["few"] : [])],
      ...(index % 5 === 0 && { dueAt: now + (25 - index) * DAY }),
    }));
    await world.stack.createMany("grace", [...items].reverse());
    const grace = await world.arrive("grace");
    await grace.signIn("grace", "#/?sort=title");
    const sorted = async () =>
      (await titles(grace)).filter((title) => /clair/i.test(title));
    const all = items.map(({ title }) => title);
    const more = grace.button("Load more");
    await expect
      .poll(async () => {
        if ((await more.count()) > 0) await more.click();
        return await sorted();
      })
      .toEqual(all);

    await grace.page.getByLabel("Sort by").selectOption("Due date");
    await expect
      .poll(sorted)
      .toEqual([20, 15, 10, 5, 0].map((index) => all[index]));
    await grace.page.getByRole("link", { name: /^Archived/ }).click();
    await grace.page.getByLabel("Sort by").waitFor();
    expect(await grace.page.getByLabel("Sort by").inputValue()).toBe("due");

    await grace.open("#/?tag=few");
    await grace.see(/^few 3/);
    await expect.poll(() => titles(grace)).toHaveLength(3);
    await world.stack.create("grace", {
      title: "One more",
      content: "",
      tags: ["few"],
    });
    await grace.row("One more").waitFor();
    await grace.see(/^few 4/);
    // The cross on the tag leads back.
    await grace.page.getByRole("link", { name: /^few/ }).click();
    await expect.poll(() => grace.page.getByLabel("Sort by").count()).toBe(1);
  });

  it.each([
    ["phone", "light", PHONE],
    ["phone", "dark", PHONE],
    ["wide-phone", "light", { width: 390, height: 844 }],
    ["desktop", "light", { width: 1280, height: 800 }],
    ["desktop", "dark", { width: 1280, height: 800 }],
  ] as const)(
    "on a %s, %s, nothing is in the way of a list with tags, or of their editor",
    async (size, colorScheme, viewport) => {
      const isPhone = size !== "desktop";
      const visitor = await world.arrive(`lists ${size} ${colorScheme}`, {
        colorScheme,
        viewport,
        ...(isPhone && { hasTouch: true, isMobile: true }),
      });
      const { page } = visitor;
      const title = `Tags on a ${size}, ${colorScheme}`;
      const id = await world.stack.create("ada", {
        title,
        content: "To be read.",
        tags: ["harbour", "a tag of many words that is long"],
        dueAt: Date.UTC(2031, 4, 17),
      });
      await visitor.signIn("ada");
      for (const hash of ["#/", "#/?tag=harbour", "#/?sort=due", `#/d/${id}`]) {
        await visitor.open(hash);
        // The document itself, and not another with its tag, or the bar of tags.
        const isEditor = hash.startsWith("#/d/");
        const shown = isEditor
          ? visitor.button("Remove the tag harbour")
          : visitor.row(title).getByText("harbour");
        await shown.waitFor();
        const name = isEditor ? "tags-editor" : hash;
        await visitor.screenshot(
          `${size}-${colorScheme}-list-${name.replace(/\W+/g, "")}`,
        );
        expect.soft(await violations(page), name).toEqual([]);
        expect.soft(await visitor.overflow(), name).toBeLessThanOrEqual(0);
        if (isPhone) expect.soft(await tooSmall(page), name).toEqual([]);
      }
    },
  );
}
