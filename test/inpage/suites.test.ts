/**
 * All that people do with the example, done with the demo in the page: the suites of the browser, which `npm run test:browser` runs
 * on the deployment in Node.
 */
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import { findChromium } from "../browser/support/chromium.js";
import { World } from "../browser/support/world.js";
import { everything } from "../browser/suites/index.js";
import { startPageStack } from "./support/stack.js";

/** What the second run leaves out, by the names of tests, and why. */
const LEFT_OUT: [RegExp, reason: string][] = [
  [
    /nothing is in the way|fits a phone|the dialog of a conflict fit|on a phone/,
    "It is about looks: page and styles are the same. What is added to them, demo.test.ts looks at.",
  ],
  [
    /shows its first list soon/,
    "It is about a visit of somebody new: demo.test.ts measures one.",
  ],
  [
    /show how far the build of a new one is/,
    "It deploys another version of the app, which is part of the page's build.",
  ],
];

const chromium = findChromium();

describe.skipIf(chromium === null)("the example in the page", () => {
  const world = new World(startPageStack);
  const unused = new Set(LEFT_OUT);
  beforeAll(() => world.start(chromium ?? ""));
  afterAll(() => world.stop());
  beforeEach(({ task, skip }) => {
    const found = LEFT_OUT.find(([name]) => name.test(task.name));
    if (!found) return;
    unused.delete(found);
    skip(found[1]);
  });
  afterEach(async () => {
    expect(await world.endTest()).toEqual([]);
  });

  everything(world);

  it("leaves out only what there is", () => {
    expect([...unused]).toEqual([]);
  });
});
