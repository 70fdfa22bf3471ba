import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findChromium, isBrowserRequired } from "./support/chromium.js";
import { startNodeStack } from "./support/nodeStack.js";
import { World } from "./support/world.js";
import { everything } from "./suites/index.js";

const chromium = findChromium();
if (chromium === null) {
  console.warn(
    "The browser tests need Chromium: apt-get install chromium (or set CHROMIUM_PATH).",
  );
}

it.runIf(chromium === null && isBrowserRequired())(
  "has a browser to test with",
  () => {
    expect(chromium, "apt-get install chromium").not.toBeNull();
  },
);

describe.skipIf(chromium === null)("the example page", () => {
  const world = new World(startNodeStack);
  beforeAll(() => world.start(chromium ?? ""));
  afterAll(() => world.stop());
  afterEach(async () => {
    expect(await world.endTest()).toEqual([]);
  });

  everything(world);
});
