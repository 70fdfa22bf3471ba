import { describe, expect, it } from "vitest";
import { interceptable } from "../support/connection.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

/** Two windows of one person. */
export function conflicts(world: World): void {
  describe("when two windows edit the same text", () => {
    async function clash(title: string): Promise<[Visitor, Visitor]> {
      const id = await world.stack.create("ada", {
        title,
        content:
          "The lighthouse stands on the northern cliff, and its lamp is lit at dusk.",
      });
      const one = await world.arrive("ada");
      await one.signIn("ada", `#/d/${id}`);
      const two = await world.anotherWindowOf(one);
      await two.signIn("ada", `#/d/${id}`);
      await one
        .field("Content")
        .fill(
          "The lighthouse stands on the southern cliff, and its lamp is lit at dusk.",
        );
      await two
        .field("Content")
        .fill(
          "The lighthouse stands on the northern cliff, and its lamp never goes out.",
        );
      await two.button(/^Save/).last().click();
      await two.see("Saved");
      await one.see("Changed in another window");
      await one.button(/^Save Ctrl/).click();
      await one.page
        .getByRole("dialog", { name: /changed in another window/ })
        .waitFor();
      return [one, two];
    }

    it("asks whose stays, and keeps mine", async () => {
      const [one, two] = await clash("Lighthouse");
      const saved = one.page.getByRole("region", { name: "Saved, version 2" });
      expect(await saved.locator("mark").allTextContents()).toEqual([
        "northern ",
        "never goes out.",
      ]);
      await one.screenshot("conflict");
      await one.button("Keep mine").click();
      await one.see("Version 3");
      await expect
        .poll(() => two.field("Content").inputValue())
        .toContain("southern cliff");
    });

    it("or uses what was saved", async () => {
      const [one] = await clash("Lighthouse again");
      await one.button("Use the saved one").click();
      await expect
        .poll(() => one.field("Content").inputValue())
        .toContain("never goes out");
      expect(await one.page.getByText("Unsaved changes").isVisible()).toBe(
        false,
      );
    });

    it("keeps what was typed, also meanwhile, when a save that was shown already is refused", async () => {
      const id = await world.stack.create("ada", {
        title: "Slow",
        content: "Text",
      });
      const one = await world.arrive("ada");
      const connection = await interceptable(world, one);
      await one.signIn("ada", `#/d/${id}`);
      const two = await world.anotherWindowOf(one);
      await two.signIn("ada", `#/d/${id}`);
      await one.field("Content").fill("Mine");
      connection.hold();
      await one.page.keyboard.press("Control+Enter");
      await one.see("Saving");
      await one.field("Content").fill("Mine, and more");
      await two.field("Content").fill("Theirs");
      await two.page.keyboard.press("Control+Enter");
      await two.see("Version 2");
      connection.letGo();
      const saved = one.page.getByRole("region", { name: "Saved, version 2" });
      await saved.getByText("Theirs").waitFor();
      await one.button("Keep mine").click();
      await one.see("Version 3");
      await expect
        .poll(() => two.field("Content").inputValue())
        .toBe("Mine, and more");
    });

    it("but merges edits of different fields by itself", async () => {
      const id = await world.stack.create("ada", {
        title: "Before",
        content: "Text",
      });
      const one = await world.arrive("ada");
      await one.signIn("ada", `#/d/${id}`);
      const two = await world.anotherWindowOf(one);
      await two.signIn("ada", `#/d/${id}`);
      await one.field("Content").fill("Longer text");
      await two.field("Title").fill("After");
      await two.page.keyboard.press("Enter");
      await expect.poll(() => one.field("Title").inputValue()).toBe("After");
      await one.page.keyboard.press("Control+Enter");
      await two.see("Version 3");
      expect(await two.field("Content").inputValue()).toBe("Longer text");
    });
  });
}
