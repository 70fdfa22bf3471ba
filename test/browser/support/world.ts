import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "playwright-core";
import { launch } from "./chromium.js";
import type { Stack } from "./stack.js";
import { Visitor } from "./visitor.js";

/** One stack, one browser, and everybody who looks at the page. */
export class World {
  readonly #startStack: (browser: Browser) => Promise<Stack>;
  #running: { stack: Stack; browser: Browser } | undefined;
  #visitors: Visitor[] = [];
  readonly #free: Page[] = [];

  constructor(startStack: (browser: Browser) => Promise<Stack>) {
    this.#startStack = startStack;
  }

  async start(chromium: string): Promise<void> {
    const browser = await launch(chromium);
    this.#running = { stack: await this.#startStack(browser), browser };
  }

  async stop(): Promise<void> {
    await this.#running?.browser.close();
    await this.#running?.stack.stop();
  }

  get stack(): Stack {
    if (this.#running === undefined)
      throw new Error("The world has not been started");
    return this.#running.stack;
  }

  /** A new window of somebody. People have a browser each, which they keep. */
  async arrive(
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await this.stack.browserOf(name, options);
    return await this.#enter(context, options);
  }

  /** A second window of the same person. */
  async anotherWindowOf({ page }: Visitor): Promise<Visitor> {
    const viewport = page.viewportSize();
    return await this.#enter(page.context(), { viewport });
  }

  /** Lets go of what a test held, ends every window's session, and returns what went wrong in them. */
  async endTest(): Promise<string[]> {
    await this.stack.schedule({ release: true });
    const visitors = this.#visitors;
    this.#visitors = [];
    const pages = await Promise.all(visitors.map((visitor) => visitor.leave()));
    this.#free.push(...pages.filter((page) => page !== null));
    return visitors.flatMap((visitor) => visitor.problems);
  }

  /** A window that somebody has left costs a reload; a new one costs a process. */
  async #enter(
    context: BrowserContext,
    options: BrowserContextOptions,
  ): Promise<Visitor> {
    const index = this.#free.findIndex((page) => page.context() === context);
    const [free] = index === -1 ? [] : this.#free.splice(index, 1);
    const page = free ?? (await context.newPage());
    await this.stack.fit(page, options);
    // A window behind another one may get a frame a second, and whatever waits for it to be still waits two.
    await page.bringToFront();
    const { url, isPictured } = this.stack;
    const visitor = new Visitor(page, url, isPictured);
    this.#visitors.push(visitor);
    return visitor;
  }
}
