import { afterEach, expect, it } from "vitest";
import { focused, violations } from "../support/audit.js";
import { interceptable } from "../support/connection.js";
import { looking, PHONE, SCREENS } from "../support/look.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

type Column = "Draft" | "Published" | "Archived";

/** The board: columns by status, cards in the order that one gives them. */
export function board(world: World): void {
  const column = ({ page }: Visitor, name: Column) =>
    page.getByRole("region", { name: new RegExp(`^${name}`) });
  /** The cards of a test are told from those of others by their first word. */
  const cards = async (visitor: Visitor, name: Column, word: string) => {
    const titles = await column(visitor, name)
      .locator(".card__title")
      .allInnerTexts();
    return titles.filter((title) => title.startsWith(word));
  };
  // A card that has been placed stands above all new ones: those of the next test begin at the top.
  const seeded: string[] = [];
  afterEach(async () => {
    for (const id of seeded.splice(0)) await world.stack.purge("grace", id);
  });
  const seed = async (word: string, count = 4) => {
    const names = Array.from({ length: count }, (_, n) => `${word} ${n + 1}`);
    for (const title of [...names].reverse()) {
      seeded.push(await world.stack.create("grace", { title, content: "" }));
    }
    return names as [string, ...string[]];
  };
  const handle = (visitor: Visitor, title: string) =>
    visitor.page.getByRole("button", { name: `Move ${title}`, exact: true });
  const card = ({ page }: Visitor, title: string) =>
    page.locator("[data-card]").filter({ hasText: title });
  const moves = ({ page }: Visitor) =>
    page.getByRole("status", { name: "Moves" });
  const enter = async (options: Parameters<World["arrive"]>[1] = {}) => {
    const name = options.viewport ? `board ${options.viewport.width}` : "grace";
    const visitor = await world.arrive(name, options);
    await visitor.signIn("grace", "#/board");
    return visitor;
  };
  /** Drags with the mouse, to just above the middle of another card, or below it. */
  const drag = async (
    visitor: Visitor,
    from: string,
    to: string,
    side: "above" | "below",
  ) => {
    const { page } = visitor;
    await card(visitor, from).scrollIntoViewIfNeeded();
    const start = await card(visitor, from).boundingBox();
    if (!start) return expect.fail("no card");
    await page.mouse.move(
      start.x + start.width / 2,
      start.y + start.height / 2,
    );
    await page.mouse.down();
    await page.mouse.move(start.x + start.width / 2 + 8, start.y + 20);
    const end = await card(visitor, to).boundingBox();
    if (!end) return expect.fail("no card to drag to");
    const middle = end.y + end.height / 2 + (side === "above" ? -6 : 6);
    await page.mouse.move(end.x + end.width / 2, middle, { steps: 6 });
    await page.mouse.up();
  };

  it("leads there from the list and back, and says what it is for to whoever is signed out", async () => {
    await seed("Way", 1);
    const visitor = await world.arrive("grace");
    await visitor.open("#/board");
    await visitor.see("Your board");
    await visitor.signIn("grace");
    await visitor.page.getByRole("link", { name: "Board" }).click();
    await visitor.page.getByRole("heading", { name: "Board" }).waitFor();
    expect(await violations(visitor.page)).toEqual([]);
    await visitor.page.getByRole("link", { name: "Mine" }).click();
    await visitor.page.getByRole("heading", { name: "My documents" }).waitFor();
  });

  it("drags cards within a column and to another, and keeps them there", async () => {
    const [one, two, three, four] = await seed("Drag");
    const grace = await enter();
    await card(grace, one).waitFor();
    await drag(grace, three!, one, "above");
    await expect
      .poll(() => cards(grace, "Draft", "Drag"))
      .toEqual([three, one, two, four]);
    await grace.choose(two!, "Publish");
    await expect.poll(() => cards(grace, "Published", "Drag")).toEqual([two]);
    await drag(grace, one, two!, "below");
    await expect
      .poll(() => cards(grace, "Published", "Drag"))
      .toEqual([two, one]);
    // A drag is no click: the board is still there.
    await grace.page.getByRole("heading", { name: "Board" }).waitFor();
    await grace.page.reload();
    await expect
      .poll(() => cards(grace, "Published", "Drag"))
      .toEqual([two, one]);
    expect(await cards(grace, "Draft", "Drag")).toEqual([three, four]);
    // Escape puts back what is in the air.
    await grace.page.mouse.move(0, 0);
    const box = await card(grace, three!).boundingBox();
    await grace.page.mouse.move(box!.x + 60, box!.y + 20);
    await grace.page.mouse.down();
    await grace.page.mouse.move(box!.x + 400, box!.y + 60, { steps: 4 });
    await expect.poll(() => cards(grace, "Published", "Drag")).toContain(three);
    await grace.page.keyboard.press("Escape");
    await grace.page.mouse.up();
    await expect
      .poll(() => cards(grace, "Draft", "Drag"))
      .toEqual([three, four]);
  });

  it("moves cards by keyboard, says each step, and keeps the focus on the card", async () => {
    const [one, two, three] = await seed("Keys", 3);
    const grace = await enter();
    const { page } = grace;
    const { keyboard } = page;
    await handle(grace, one).focus();
    await keyboard.press("Space");
    await moves(grace).getByText(`Picked up ${one}: Draft, `).waitFor();
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    expect(await cards(grace, "Draft", "Keys")).toEqual([two, three, one]);
    expect(await focused(page)).toBe(`Move ${one}`);
    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowRight");
    expect(await cards(grace, "Archived", "Keys")).toEqual([one]);
    expect(await focused(page)).toBe(`Move ${one}`);
    await moves(grace)
      .getByText(/^Archived, \d+ of \d+/)
      .waitFor();
    // Escape puts it back, Tab does, too, and the focus is never lost.
    await keyboard.press("Escape");
    await moves(grace).getByText(`${one} is back in its place.`).waitFor();
    expect(await cards(grace, "Draft", "Keys")).toEqual([one, two, three]);
    expect(await focused(page)).toBe(`Move ${one}`);
    await keyboard.press("Space");
    await keyboard.press("ArrowRight");
    await keyboard.press("Tab");
    await moves(grace).getByText(`${one} is back in its place.`).waitFor();
    expect(await cards(grace, "Draft", "Keys")).toEqual([one, two, three]);

    await handle(grace, one).focus();
    await keyboard.press("Enter");
    await keyboard.press("ArrowRight");
    await keyboard.press("Enter");
    await moves(grace).getByText(`Moved ${one} to Published, `).waitFor();
    expect(await focused(page)).toBe(`Move ${one}`);
    await page.reload();
    await expect.poll(() => cards(grace, "Published", "Keys")).toEqual([one]);
  });

  it("shows another window's moves, and puts back what was moved next to a card that has gone", async () => {
    const [one, two, three] = await seed("Both", 3);
    const grace = await enter();
    const other = await world.anotherWindowOf(grace);
    await other.signIn("grace", "#/board");
    const connection = await interceptable(world, grace);
    await card(grace, one).waitFor();
    await card(other, one).waitFor();
    // At once here, before the server knows of it, and then there.
    connection.hold();
    await handle(grace, one).focus();
    for (const key of ["Space", "ArrowDown", "Space"]) {
      await grace.page.keyboard.press(key);
    }
    expect(await cards(grace, "Draft", "Both")).toEqual([two, one, three]);
    expect(await cards(other, "Draft", "Both")).toEqual([one, two, three]);
    connection.letGo();
    await expect
      .poll(() => cards(other, "Draft", "Both"))
      .toEqual([two, one, three]);

    // The one puts a card below another, which the other archives meanwhile.
    connection.hold();
    await handle(grace, three!).focus();
    for (const key of ["Space", "ArrowUp", "Space"]) {
      await grace.page.keyboard.press(key);
    }
    expect(await cards(grace, "Draft", "Both")).toEqual([two, three, one]);
    await other.choose(two!, "Archive");
    await expect.poll(() => cards(other, "Archived", "Both")).toEqual([two]);
    connection.letGo();
    await grace.see("The board has changed meanwhile");
    await expect
      .poll(() => cards(grace, "Draft", "Both"))
      .toEqual([one, three]);
    expect(await focused(grace.page)).toBe(`Move ${three}`);
  });

  it("goes on below its first page, where cards can be put as well", async () => {
    const names = await seed("Long", 24);
    const grace = await enter();
    const more = column(grace, "Draft").getByRole("button", {
      name: "Load more",
    });
    await expect
      .poll(async () => {
        if ((await more.count()) > 0) await more.click();
        return await cards(grace, "Draft", "Long");
      })
      .toEqual(names);
    await drag(grace, names[20]!, names[22]!, "below");
    // How far below it comes depends on how far the column has scrolled.
    const others = names.filter((name) => name !== names[20]);
    await expect
      .poll(async () => {
        const now = await cards(grace, "Draft", "Long");
        const isBelow = now.indexOf(names[20]!) > 20;
        return [isBelow, now.filter((name) => name !== names[20])];
      })
      .toEqual([true, others]);
  });

  it("is dragged with a finger by the handle, and scrolled anywhere else", async () => {
    const [one, two, three] = await seed("Finger", 3);
    const visitor = await enter(PHONE);
    const { page } = visitor;
    await handle(visitor, two!).scrollIntoViewIfNeeded();
    const cdp = await page.context().newCDPSession(page);
    const touch = async (type: string, x?: number, y?: number) =>
      await cdp.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: x === undefined ? [] : [{ x, y: y ?? 0 }],
      });
    const start = await handle(visitor, three!).boundingBox();
    const end = await card(visitor, one).boundingBox();
    await touch("touchStart", start!.x + 15, start!.y + 15);
    for (let step = 1; step <= 8; step++) {
      const y = start!.y + 15 + ((end!.y + 8 - start!.y - 15) * step) / 8;
      await touch("touchMove", start!.x + 15, y);
    }
    await visitor.screenshot("phone-light-board-dragging");
    await touch("touchEnd");
    await expect
      .poll(() => cards(visitor, "Draft", "Finger"))
      .toEqual([three, one, two]);
    // At the edge of the window the board goes on to the next column.
    const again = await handle(visitor, three!).boundingBox();
    await touch("touchStart", again!.x + 15, again!.y + 15);
    await touch("touchMove", 200, again!.y + 15);
    await touch("touchMove", 350, again!.y + 15);
    await expect
      .poll(() => cards(visitor, "Archived", "Finger"))
      .toEqual([three]);
    await touch("touchEnd");
    await page.reload();
    await expect
      .poll(() => cards(visitor, "Archived", "Finger"))
      .toEqual([three]);
  });

  it.each(SCREENS)(
    "on a %s, %s, nothing is in the way of it",
    async (size, colorScheme, options) => {
      const visitor = await world.arrive(`board ${size} ${colorScheme}`, {
        colorScheme,
        ...options,
      });
      await world.stack.create("ada", {
        title: `A card on a ${size}, ${colorScheme}, with a title of two lines`,
        content: "",
        tags: ["harbour", "a tag of many words that is long"],
        dueAt: Date.UTC(2031, 4, 17),
      });
      await visitor.signIn("ada", "#/board");
      const { page } = visitor;
      const look = looking(visitor, size, colorScheme);
      await page.getByRole("region", { name: /^Draft/ }).waitFor();
      await visitor
        .button(/^Move A card on a/)
        .first()
        .waitFor();
      await look("board");
      await visitor
        .button(/^Move A card on a/)
        .first()
        .focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("ArrowRight");
      await look("board-held");
      await page.keyboard.press("Escape");
      await visitor
        .button(/^Actions for A card on a/)
        .first()
        .click();
      await look("board-menu");
    },
  );
}
