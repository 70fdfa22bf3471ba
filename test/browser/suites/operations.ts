import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** What runs in the background, as an operator sees it, and a summary as its author does. */
export function operations(world: World): void {
  const card = (
    page: Awaited<ReturnType<World["arrive"]>>["page"],
    title: string,
  ) =>
    page.getByRole("listitem").filter({
      has: page.getByRole("heading", { name: title }),
    });

  it("shows what a job did when it is run by hand, and its runs", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const report = card(ada.page, "Daily report");
    await ada.button("Run Daily report now").click();
    await report.getByText("Succeeded").first().waitFor();
    await report
      .getByText(/for \d{4}-\d\d-\d\d/)
      .first()
      .waitFor();
    await report.getByText("Last runs").click();
    const runs = report.getByRole("list").getByRole("listitem");
    await runs.first().waitFor();
    // Once a day: running it again makes no second run.
    await ada.button("Run Daily report now").click();
    await card(ada.page, "Fetch updates").getByText("25 applied").waitFor();
    expect(await runs.count()).toBe(1);
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("operations");
  });

  it("previews a clean-up without doing it", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const cleanup = card(ada.page, "Clean up old drafts");
    await cleanup.getByText("Last runs").click();
    const runs = cleanup.getByRole("list").getByRole("listitem");
    await runs.first().waitFor();
    const before = await runs.count();
    await ada.button("Preview…").click();
    await ada.see("Every draft has been changed within the last 30 days.");
    await ada.button("Close").click();
    expect(await runs.count()).toBe(before);
  });

  it("pauses a job in every window, and lets it go on", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const other = await world.arrive("grace");
    await other.signIn("grace", "#/operations");
    await ada.button("Pause Purge the trash").click();
    const theirs = card(other.page, "Purge the trash");
    await theirs.getByText("Paused").waitFor();
    expect(
      await other
        .button("Run Purge the trash now")
        .getAttribute("aria-disabled"),
    ).toBe("true");
    await other.button("Resume Purge the trash").click();
    await ada.button("Run Purge the trash now").click();
    await card(ada.page, "Purge the trash").getByText("Succeeded").waitFor();
  });

  it("summarises a document once, waits as long as the service asks, and shows it all live", async () => {
    const ada = await world.arrive("ada");
    const id = await world.stack.create("ada", {
      title: "Shipping plan",
      content: "We ship on Friday, unless the tests say otherwise.",
    });
    await ada.signIn("ada", `#/d/${id}`);
    await world.stack.setMode({
      mode: "rate-limited",
      times: 1,
      retryAfter: 2,
    });
    await ada.button("Summarise").click();
    await ada.see(/Another service is busy. Trying again in \d s\./);
    await ada.screenshot("summary-waiting");
    await ada.see("In short: Shipping plan We ship on Friday");
    // It is of the document as it is: another one would cost as much and say the same.
    await ada.button("Summarise").waitFor({ state: "detached" });
    await ada.button("Count words").click();
    await ada.see("9 words, 1 min to read");
  });

  it("drops a summary of what has changed meanwhile, and says so", async () => {
    const ada = await world.arrive("ada");
    const id = await world.stack.create("ada", {
      title: "Notes",
      content: "Nothing is decided.",
    });
    await ada.signIn("ada", `#/d/${id}`);
    await world.stack.setMode({ mode: "slow", ms: 1_500 });
    await ada.button("Summarise").click();
    await ada.see("Summarising…");
    await ada.field("Content").fill("It is decided.");
    await ada.button(/^Save(?! and)/).click();
    await ada.see("The document changed while it was being summarised");
    await world.stack.setMode({ mode: "normal" });
    expect(await ada.page.getByText("In short").count()).toBe(0);
  });

  it("fits a small window", async () => {
    const ada = await world.arrive("small", {
      viewport: { width: 360, height: 740 },
    });
    await ada.signIn("ada", "#/operations");
    await ada.see("Fetch updates");
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("operations-small");
  });

  it("is for whoever is signed in", async () => {
    const visitor = await world.arrive("visitor");
    await visitor.open("#/operations");
    await visitor.see("Sign in");
    expect(await visitor.page.getByText("Clean up old drafts").count()).toBe(0);
  });
}
