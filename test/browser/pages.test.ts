import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { batches } from "./pages/batches.js";
import { concepts } from "./pages/concepts.js";
import { history } from "./pages/history.js";
import { react } from "./pages/react.js";
import { readme } from "./pages/readme.js";
import { recipes } from "./pages/recipes.js";
import { views } from "./pages/views.js";
import { findChromium, launch } from "./support/chromium.js";

const chromium = findChromium();

// Whether there has to be a browser is the other file's question.
describe.skipIf(chromium === null)("the components of", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(chromium ?? "");
  });
  afterAll(() => browser.close());

  const suites = { readme, react, batches, history, views, recipes, concepts };
  describe.each(Object.entries(suites))("%s", (_, suite) => {
    suite(() => browser);
  });
});
