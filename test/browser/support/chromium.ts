import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const ARGS = [
  // Chromium's own sandbox does not start for root, and every page here is ours.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Under Playwright's inspector each element that React creates in development records a stack trace, for which V8 would parse
  // the whole bundle again: a third of the time to the first list, which nobody else ever waits for.
  "--js-flags=--no-enable-lazy-source-positions",
];

/** Where Chromium is on this machine, or `null`. */
export function findChromium(): string | null {
  return PLACES.find((path) => path && existsSync(path)) ?? null;
}

/** Whether these tests may not be skipped. */
export function isBrowserRequired(): boolean {
  const { CI, REQUIRE_BROWSER } = process.env;
  return CI === "true" || REQUIRE_BROWSER === "1";
}

/** Starts a headless Chromium with a profile of its own. */
export async function launch(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ARGS });
}
