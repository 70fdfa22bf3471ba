import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** What runs in the background, as an operator and as a writer see it. */
export function operations(world: World): void {
  it("shows every job, runs one now, and says what it did", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const card = (name: string) =>
      ada.page
        .getByRole("listitem")
        .filter({ has: ada.page.getByRole("heading", { name }) });
    const job = card("Daily report");
    await job.getByRole("button", { name: "Run now: Daily report" }).click();
    await job.getByText("Succeeded").first().waitFor();
    await job.getByText("Last runs").click();
    await job.getByRole("listitem").first().waitFor();
    // Its cron has started this one.
    const updates = card("Fetch updates");
    await updates.getByText("Last runs").click();
    await updates.getByRole("listitem").getByText("25 applied").waitFor();
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("operations");
  });

  it("previews a clean-up, which takes nothing, and pauses and resumes it", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    await ada.button("Preview…").click();
    await ada.see(/^Nothing\. Every draft/);
    await ada.screenshot("cleanup-preview");
    await ada.button("Close").click();
    await ada.dialogGone();
    await ada.button("Pause: Clean up old drafts").click();
    await ada.button("Resume: Clean up old drafts").waitFor();
    const run = ada.button("Run now: Clean up old drafts");
    expect(await run.getAttribute("aria-disabled")).toBe("true");
    await ada.button("Resume: Clean up old drafts").click();
    await expect.poll(() => run.getAttribute("aria-disabled")).toBe("false");
  });

  it("shows how far a long run is while it works, and what it has done", async () => {
    const expired = Array.from({ length: 100 }, (_, index) => ({
      title: `Old draft ${index + 1}`,
      content: "Long forgotten",
      expiresAt: Date.now() - 1,
    }));
    for (let call = 0; call < 3; call++)
      await world.stack.createMany("grace", expired);
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const title = "Clean up old drafts";
    const job = ada.page.getByRole("listitem").filter({
      has: ada.page.getByRole("heading", { name: title }),
    });
    await world.stack.schedule({ hold: true });
    await ada.button(`Run now: ${title}`).click();
    // Its start.
    await world.stack.schedule({ run: 1 });
    await job.getByRole("progressbar").waitFor();
    // Its first batch.
    await world.stack.schedule({ run: 1 });
    await job.getByText(/\b100 removed/).waitFor();
    expect(await job.getByRole("progressbar").count()).toBe(1);
    await ada.screenshot("job-progress");
    await world.stack.schedule({ release: true });
    await job.getByText("Succeeded").first().waitFor();
    await job
      .getByText(/\b300 removed/)
      .first()
      .waitFor();
    expect(await job.getByRole("progressbar").count()).toBe(0);
  });

  it("counts down to the next attempt of a run that failed, says that a job keeps failing, and takes it back", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const title = "Fetch updates";
    const job = ada.page.getByRole("listitem").filter({
      has: ada.page.getByRole("heading", { name: title }),
    });
    await world.stack.setMode({ mode: "failing", times: 3 }, "updates");
    await ada.button(`Run now: ${title}`).click();
    await job.getByText(/Another service is busy\. Trying again in/).waitFor();
    await ada.screenshot("job-waiting");
    // Two waits, of 5 and of 10 s at most.
    const alert = job.getByRole("alert");
    await alert.getByText("Its last run failed").waitFor({ timeout: 20_000 });
    await job.getByText("Failed").first().waitFor();
    await job.getByText("Last runs").scrollIntoViewIfNeeded();
    await ada.screenshot("job-failing");
    await ada.button(`Run now: ${title}`).click();
    await alert.waitFor({ state: "detached" });
    await job.getByText("Succeeded").first().waitFor();
  });

  it("fits a phone", async () => {
    const ada = await world.arrive("phone", {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
    });
    await ada.signIn("ada", "#/operations");
    await ada.button("Run now: Daily report").waitFor();
    expect(await ada.overflow()).toBeLessThanOrEqual(0);
    await ada.screenshot("narrow-operations");
  });

  it("summarises a document in the background, live, and asks no second time for the same", async () => {
    const id = await world.stack.create("ada", {
      title: "On tides",
      content: "The moon pulls. The water follows. Twice a day it comes back.",
    });
    const ada = await world.arrive("ada");
    await ada.signIn("ada", `#/d/${id}`);
    await ada.see("No summary yet.");
    await ada.button("Summarise").click();
    await ada.see(/^In short:/);
    await ada.screenshot("summary");
    expect(await ada.button("Summarise").count()).toBe(0);
  });

  it("waits as long as the service asks, and counts the seconds", async () => {
    const id = await world.stack.create("ada", {
      title: "Shipping plan",
      content: "We ship on Friday, unless the tests say otherwise.",
    });
    const ada = await world.arrive("ada");
    await ada.signIn("ada", `#/d/${id}`);
    await world.stack.setMode({
      mode: "rate-limited",
      times: 1,
      retryAfter: 2,
    });
    await ada.button("Summarise").click();
    await ada.see(/Another service is busy\. Trying again in \d s\./);
    await ada.screenshot("summary-waiting");
    await ada.see(/^In short:/);
    await ada.button("Count words").click();
    await ada.see("9 words, 1 min to read");
  });

  it("drops a summary of what has changed meanwhile, and says so", async () => {
    const id = await world.stack.create("ada", {
      title: "Notes",
      content: "Nothing is decided.",
    });
    const ada = await world.arrive("ada");
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

  it("pauses a job in every window, one that has never run too", async () => {
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    const other = await world.arrive("grace");
    await other.signIn("grace", "#/operations");
    await ada.button("Pause: Purge the trash").click();
    await other.see("Paused");
    await other.button("Resume: Purge the trash").click();
    await ada.button("Run now: Purge the trash").click();
    const job = ada.page.getByRole("listitem").filter({
      has: ada.page.getByRole("heading", { name: "Purge the trash" }),
    });
    await job.getByText("Succeeded").first().waitFor();
  });

  it("is for whoever is signed in", async () => {
    const visitor = await world.arrive("visitor");
    await visitor.open("#/operations");
    await visitor.see("Sign in");
    expect(await visitor.page.getByText("Daily report").count()).toBe(0);
  });
}
