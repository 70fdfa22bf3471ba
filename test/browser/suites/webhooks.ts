import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** Signed deliveries over HTTP, as the operator of the app sees them. */
export function webhooks(world: World): void {
  it("applies a payment once, however often it is sent, and refuses a forged one", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/webhooks");
    await ada.see("Nothing received yet");
    await ada.button("Send a payment").click();
    const rows = ada.page
      .getByRole("listitem")
      .filter({ hasText: "payment.completed" });
    await rows.filter({ hasText: "processed" }).waitFor();
    await ada.button("Send it again").click();
    await ada.see("Answered 200");
    await ada.button("Tamper with it").click();
    await ada.see("Answered 401");
    await ada.see(/Last refused: SIGNATURE_MISMATCH/);
    expect(await rows.count()).toBe(1);
    expect(await rows.textContent()).toContain("1 attempt");
    await ada.screenshot("webhooks");
  });

  it("shows why an event was given up, and replays it", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/webhooks");
    await ada.button("Send one that fails").click();
    const row = ada.page
      .getByRole("listitem")
      .filter({ hasText: "subscription.cancelled" });
    await row.filter({ hasText: "We have no such subscription." }).waitFor();
    expect(await row.textContent()).toContain("1 attempt");
    await row.getByRole("button", { name: /^Replay/ }).click();
    await row
      .filter({ hasText: "2 attempts" })
      .filter({ hasText: "dead" })
      .waitFor();
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
  });

  it("is for whoever is signed in", async () => {
    const visitor = await world.arrive("visitor");
    await visitor.open("#/webhooks");
    await visitor.see("Sign in");
    expect(await visitor.page.getByText("payment.completed").count()).toBe(0);
  });
}
