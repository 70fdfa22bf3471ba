import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** A limit of the app's own. */
export function limits(world: World): void {
  it("counts down to the next try when something was done too often, and then does it", async () => {
    const grace = await world.arrive("grace");
    const { page } = grace;
    await grace.signIn("grace", "#/public");
    const add = async () => {
      await grace.button("Account of Grace Hopper").click();
      await page
        .getByRole("menuitem", { name: "Add sample documents…" })
        .click();
      await grace.button("Add 300 documents").click();
    };
    await add();
    await grace.see("300 sample documents added");
    await add();
    await grace.see("RATE_LIMITED");
    const wait = grace.button(/^Try again in \d+ s$/);
    const seconds = async () =>
      Number(/\d+/.exec((await wait.textContent()) ?? "")?.[0]);
    const first = await seconds();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(15);
    await grace.screenshot("rate-limited");
    await expect.poll(seconds, { timeout: 5_000 }).toBeLessThan(first);
    await grace.button("Add 300 documents").click({ timeout: 20_000 });
    await grace.dialogGone();
  });
}
