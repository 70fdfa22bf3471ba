/**
 * The site as it was built, in a browser: `npm run build:site` comes first.
 */
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRoute } from "../../example/src/route.js";
import { filesBelow } from "../../scripts/site/navigation.js";
import { CODES } from "../../src/errors/codes.js";
import { violations } from "../browser/support/audit.js";
import {
  findChromium,
  isBrowserRequired,
  launch,
} from "../browser/support/chromium.js";

const SITE = "site/.vitepress/dist";
/** The path that it was built for. */
const BASE = process.env["SITE_BASE"] ?? "/";
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".md": "text/markdown",
};
/** One of each kind: the README, a guide, diagrams, wide tables, a code of an error, the reference. */
const KINDS = [
  "index",
  "documents",
  "background",
  "performance",
  "errors/conflict",
  "api/errors/functions/isDocsError",
];
const SCREENS: Record<string, BrowserContextOptions> = {
  "a desktop": { viewport: { width: 1280, height: 800 } },
  "a desktop, dark": {
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
  },
  "a phone": { viewport: { width: 360, height: 740 } },
  "a phone, dark": {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
  },
};

/** Every other page that somebody wrote. Those of the reference are as its one above. */
function written(): string[] {
  return filesBelow(SITE)
    .filter((file) => /\.md$/.test(file) && !file.startsWith("api/"))
    .map((file) => file.replace(/\.md$/, ""))
    .filter((path) => !KINDS.includes(path));
}

const chromium = findChromium();

describe("what reads no HTML", () => {
  const read = (path: string) => readFileSync(join(SITE, path), "utf8");

  it("finds in llms.txt every page, each of them plain Markdown", () => {
    const listed = [...read("llms.txt").matchAll(/\]\(\/([^)]+)\)/g)];
    expect(listed.length).toBeGreaterThan(15);
    for (const [, path = ""] of listed) expect(read(path)).toMatch(/^# /);
  });

  it("finds beside a task where the demo shows it, at a place that there is", () => {
    const pages = filesBelow(SITE).filter((file) => file.endsWith(".md"));
    const links = pages.flatMap((file) => [
      ...read(file).matchAll(/^\[Try it: .+\]\((.+)\)$/gm),
    ]);
    expect(links.length).toBeGreaterThanOrEqual(10);
    for (const [, link = ""] of links) {
      expect(link).toMatch(/^\.\/demo\/index\.html#\//);
      expect(parseRoute(link.slice(link.indexOf("#"))).page).not.toBe(
        "unknown",
      );
    }
  });

  it("gets all of them in llms-full.txt, as they stand there", () => {
    const full = read("llms-full.txt");
    expect(full).toContain(read("documents.md"));
    expect(full).not.toContain("<!-- within");
  });

  it.each(CODES)("finds a page for %s, with what to do", (code) => {
    const text = read(`errors/${code.toLowerCase()}.md`);
    expect(text).toMatch(new RegExp(`^# ${code}\n\n.+ HTTP \\d{3}\\.\n`));
    expect(text).toContain("**What to do.**");
  });
});

it("has a browser to be looked at with", () => {
  expect(chromium !== null || !isBrowserRequired()).toBe(true);
});

describe.skipIf(chromium === null)("in a browser", () => {
  let browser: Browser;
  let server: Server;
  let address = "";
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const isOurs = pathname.startsWith(BASE);
      const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      const file = join(SITE, path.slice(BASE.length));
      if (!isOurs || !existsSync(file))
        return void response.writeHead(404).end();
      response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain");
      createReadStream(file).pipe(response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
    browser = await launch(chromium ?? "");
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  async function open(path: string, options: BrowserContextOptions) {
    const context = await browser.newContext({
      ...options,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const failures: string[] = [];
    page.on("pageerror", (error) => failures.push(error.message));
    page.on("requestfailed", (request) => failures.push(request.url()));
    await page.goto(`${address}${path}.html`, { waitUntil: "networkidle" });
    return { page, failures, close: () => context.close() };
  }

  describe.each(Object.entries(SCREENS))("on %s", (name, options) => {
    it.each(KINDS)(
      "%s is accessible, and as wide as the screen",
      async (path) => {
        const { page, failures, close } = await open(path, options);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
        expect(failures).toEqual([]);
        const folder = process.env["SITE_SCREENSHOTS"];
        if (folder) {
          const file = `${path} ${name}`.replaceAll(/\W+/g, "-");
          await page.screenshot({ path: join(folder, `${file}.png`) });
        }
        await close();
      },
    );
  });

  describe("every page that somebody wrote", () => {
    let page: Page;
    const failures: string[] = [];
    beforeAll(async () => {
      ({ page } = await open("index", SCREENS["a phone"]!));
      page.on("pageerror", (error) => failures.push(error.message));
    });
    afterAll(() => page.context().close());

    it.each(written())(
      "%s is accessible, and as wide as a phone",
      async (path) => {
        await page.goto(`${address}${path}.html`);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
        expect(failures).toEqual([]);
      },
    );
  });

  it("finds a page by a word of its text, with the keyboard alone", async () => {
    const { page, close } = await open("index", SCREENS["a desktop"]!);
    const field = page.getByRole("searchbox");
    // Until the page listens. Pressing it again changes nothing.
    await expect
      .poll(
        async () => {
          await page.keyboard.press("Control+k");
          return await field.isVisible();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(true);
    await field.fill("dead letter");
    const first = page.locator(".VPLocalSearchBox a.result").first();
    await first.waitFor();
    const target = await first.getAttribute("href");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => `${url.pathname}${url.hash}` === target);
    const text = await page.locator("main").innerText();
    expect(text.toLowerCase()).toContain("dead letter");
    await close();
  });

  it.each(["a desktop", "a phone"])(
    "shows the demo beside the task, once it is asked for, on %s",
    async (name) => {
      const { page, failures, close } = await open("views", SCREENS[name]!);
      expect(await page.locator("iframe").count()).toBe(0);
      const beside = page.getByRole("complementary", { name: /^Try it: / });
      await beside.getByRole("button", { name: "Try it here" }).click();
      const frame = page.frameLocator('iframe[title^="Demo: "]');
      // At its place in the demo, with the deployment in this browser.
      await frame
        .getByRole("button", { name: "Sign in as Ada Lovelace" })
        .click();
      await frame
        .getByRole("heading", { name: "Board", exact: true })
        .waitFor();
      await frame.getByText("Nothing on the board yet").waitFor();
      const focus = () => page.evaluate(() => document.activeElement?.tagName);
      expect(await focus()).toBe("IFRAME");
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(failures).toEqual([]);
      await close();
    },
  );

  it("leads from a page to its source", async () => {
    const { page, close } = await open("sharing", SCREENS["a desktop"]!);
    const link = page.getByRole("link", { name: "Edit this page" });
    expect(await link.getAttribute("href")).toMatch(
      /^https:\/\/github\.com\/.*\/edit\/main\/docs\/sharing\.md$/,
    );
    await close();
  });
});

/** By how many pixels the page is wider than the screen. What scrolls by itself does not count. */
async function overflow(page: Page): Promise<number> {
  return await page.evaluate(
    () =>
      document.documentElement.scrollWidth -
      document.documentElement.clientWidth,
  );
}
