import { describe, expect, it } from "vitest";
import { focused, tooSmall, violations } from "../support/audit.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

const PHONE = { width: 360, height: 740 };
const WINDOWS = [
  ["phone", "light"],
  ["phone", "dark"],
  ["desktop", "light"],
  ["desktop", "dark"],
] as const;

const TEXT = "A sentence that is there to be read. ".repeat(12);

/** Everybody can use it: on a phone, in the dark, with a keyboard alone, with a screen reader. */
export function accessible(world: World): void {
  const enter = async (
    name: string,
    colorScheme: "light" | "dark" = "light",
  ): Promise<Visitor> =>
    await world.arrive(`${name}, ${colorScheme}`, {
      colorScheme,
      ...(name === "phone" && {
        viewport: PHONE,
        hasTouch: true,
        isMobile: true,
      }),
    });

  describe.each(WINDOWS)("on a %s, %s", (size, scheme) => {
    /** One look at a state of the page. */
    const look = async (visitor: Visitor, name: string): Promise<void> => {
      const { page } = visitor;
      await visitor.screenshot(`${size}-${scheme}-${name}`);
      expect.soft(await violations(page), name).toEqual([]);
      expect.soft(await visitor.overflow(), name).toBeLessThanOrEqual(0);
      if (size === "phone") {
        expect.soft(await tooSmall(page), name).toEqual([]);
      }
    };

    it("nothing is in the way of a visitor who is signed out, and each page says what it is for", async () => {
      const visitor = await enter(size, scheme);
      for (const [hash, text] of [
        ["#/", "Documents that belong to someone"],
        ["#/trash", "Your trash"],
        ["#/webhooks", "a payment provider has sent"],
        ["#/operations", "run in the background"],
        ["#/public", "Public documents"],
        ["#/d/none", "Document not found"],
        ["#/nowhere", "There is no such page"],
      ] as const) {
        await visitor.open(hash);
        await visitor.see(text);
        await look(visitor, `out-${hash.replace(/\W+/g, "")}`);
      }
    });

    it("nothing is in the way on any page, menu or dialog", async () => {
      const visitor = await enter(size, scheme);
      const { page } = visitor;
      const title = `Everything on a ${size} in the ${scheme}`;
      const seed = { title, content: TEXT };
      const id = await world.stack.create("ada", seed);
      const gone = await world.stack.create("ada", {
        title: `Gone ${size} ${scheme}`,
        content: "",
      });
      await world.stack.remove("ada", gone);
      await visitor.signIn("ada");
      await visitor.row(title).waitFor();
      await look(visitor, "list");

      await visitor.row(title).getByRole("checkbox").check();
      await page.getByRole("toolbar").waitFor();
      await look(visitor, "selection");
      await visitor.button(`Actions for ${title}`).click();
      await look(visitor, "menu");
      await page.keyboard.press("Escape");

      for (const hash of ["public", "trash", "webhooks", "operations"]) {
        await visitor.open(`#/${hash}`);
        await page.getByRole("progressbar").waitFor({ state: "detached" });
        await look(visitor, hash);
      }
      await visitor.button("Preview…").click();
      await page.getByRole("dialog").waitFor();
      await look(visitor, "preview");
      await page.keyboard.press("Escape");
      await visitor.dialogGone();

      for (const item of [
        "Change from a list…",
        "Add sample documents…",
        "Keyboard shortcuts",
      ]) {
        await visitor.button("Account of Ada Lovelace").click();
        await page.getByRole("menuitem", { name: item }).click();
        await page.getByRole("dialog").waitFor();
        await look(visitor, item.replace(/\W+/g, "-"));
        await page.keyboard.press("Escape");
        await visitor.dialogGone();
      }
      await visitor.open("#/");
      await visitor.button("New document").click();
      await visitor.button(/^Create draft/).click();
      await visitor.see("Title is missing.");
      await look(visitor, "create");
      await page.keyboard.press("Escape");
      await visitor.dialogGone();

      await visitor.open(`#/d/${id}`);
      await visitor.field("Content").waitFor();
      await look(visitor, "document");
    });

    it("the bar and the dialog of a conflict fit, with every button in sight", async () => {
      const title = `Clash on a ${size} in the ${scheme}`;
      const id = await world.stack.create("ada", { title, content: TEXT });
      const one = await enter(size, scheme);
      await one.signIn("ada", `#/d/${id}`);
      const two = await world.arrive("ada");
      await two.signIn("ada", `#/d/${id}`);
      await one.field("Content").fill(`Mine. ${TEXT}`);
      await two.field("Content").fill(`Theirs. ${TEXT}`);
      await two.page.keyboard.press("Control+s");
      await two.see("Version 2");
      await one.see("Changed in another window");
      await look(one, "clash");
      for (const name of ["Compare", "Discard", /^Save/]) {
        await inSight(one, name);
      }
      await one.page.keyboard.press("Control+s");
      await one.page.getByRole("dialog").waitFor();
      await look(one, "conflict");
      for (const name of ["Keep mine", "Use the saved one", "Decide later"]) {
        await inSight(one, name);
      }
    });
  });

  it("Ctrl+S saves from anywhere on the page, and from a dialog's fields", async () => {
    const visitor = await enter("desktop");
    const { page } = visitor;
    await visitor.signIn("ada");
    await page.keyboard.press("n");
    await visitor.field("Title").fill("Saved with a habit");
    await page.keyboard.press("Control+s");
    await visitor.dialogGone();
    await visitor.row("Saved with a habit").getByRole("link").click();
    await visitor.field("Content").fill("And more");
    await visitor.button("Actions for Saved with a habit").focus();
    await page.keyboard.press("Control+s");
    await visitor.see("Version 2");
  });

  it("the focus stays where it was when what has it leaves the page", async () => {
    const visitor = await enter("desktop");
    const { page } = visitor;
    const names = ["Focus three", "Focus two", "Focus one"];
    for (const title of [...names].reverse()) {
      await world.stack.create("ada", { title, content: "" });
    }
    await visitor.signIn("ada");
    await visitor.row("Focus two").waitFor();

    // A row: the next one takes its place.
    await visitor.button("Actions for Focus three").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await visitor.row("Focus three").waitFor({ state: "detached" });
    await expect.poll(() => focused(page)).toMatch(/Focus two/);

    // The bar of a selection.
    await page.keyboard.press("x");
    await visitor.button("Clear the selection").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("toolbar").waitFor({ state: "detached" });
    await expect.poll(() => focused(page)).not.toBeNull();

    // A button that has done its work.
    await visitor.row("Focus two").getByRole("link").focus();
    await page.keyboard.press("Enter");
    await visitor.field("Content").fill("Never mind");
    await visitor.button("Discard").focus();
    await page.keyboard.press("Enter");
    await visitor.button("Discard").waitFor({ state: "detached" });
    await expect.poll(() => focused(page)).toBe("Title");

    // A field that is left, and a session that ends.
    await visitor.open("#/");
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toBe("main");
    await visitor.button("Account of Ada Lovelace").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await visitor.button("Sign in as Ada Lovelace").waitFor();
    await expect.poll(() => focused(page)).toBe("main");
  });

  it("a document's whole life needs no more than a keyboard", async () => {
    const visitor = await enter("desktop");
    const { page } = visitor;
    const { keyboard } = page;
    await visitor.open();
    await tabTo(visitor, "Sign in as Ada Lovelace");
    await keyboard.press("Enter");
    await visitor.button("Account of Ada Lovelace").waitFor();
    await keyboard.press("n");
    await keyboard.type("By hand");
    await keyboard.press("Tab");
    await keyboard.type("Written without a mouse");
    await keyboard.press("Control+Enter");
    await visitor.dialogGone();
    await visitor.row("By hand").waitFor();

    await tabTo(visitor, "By hand");
    await keyboard.press("Enter");
    await visitor.field("Content").waitFor();
    await tabTo(visitor, "Content");
    await keyboard.press("End");
    await keyboard.type(", and changed");
    await keyboard.press("Control+s");
    await visitor.see("Version 2");
    await tabTo(visitor, "Publish");
    await keyboard.press("Enter");
    await visitor.see("Published");

    await tabTo(visitor, "Actions for By hand");
    await keyboard.press("Enter");
    await keyboard.press("End");
    await keyboard.press("Enter");
    await visitor.see("Moved “By hand” to the trash");
    await tabTo(visitor, "Trash");
    await keyboard.press("Enter");
    await tabTo(visitor, "Restore By hand");
    await keyboard.press("Enter");
    await visitor.see("Restored “By hand”");
    expect(await focused(page)).not.toBeNull();
  });
}

/** Presses Tab until something has the focus. */
async function tabTo(visitor: Visitor, name: string): Promise<void> {
  const seen: (string | null)[] = [];
  for (let presses = 0; presses < 160; presses++) {
    await visitor.page.keyboard.press("Tab");
    const at = await focused(visitor.page);
    if (at?.startsWith(name) === true) return;
    seen.push(at);
  }
  expect.fail(`Tab never comes to ${name}: ${seen.join(", ")}`);
}

/** Whether a button lies within the window, where it can be pressed. */
async function inSight(visitor: Visitor, name: string | RegExp): Promise<void> {
  const box = await visitor.button(name).last().boundingBox();
  const size = visitor.page.viewportSize();
  expect(box, String(name)).not.toBeNull();
  if (box === null || size === null) return;
  expect.soft(box.x, String(name)).toBeGreaterThanOrEqual(0);
  expect.soft(box.x + box.width, String(name)).toBeLessThanOrEqual(size.width);
  expect
    .soft(box.y + box.height, String(name))
    .toBeLessThanOrEqual(size.height);
}
