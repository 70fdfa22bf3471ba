import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "playwright-core";
import { launch } from "./chromium.js";
import { startStack, type Stack } from "./stack.js";
import { Visitor } from "./visitor.js";

const DESKTOP = { width: 1280, height: 800 };

/** One stack, one browser, and everybody who looks at the page. */
export class World {
  #running: { stack: Stack; browser: Browser } | undefined;
  readonly #contexts = new Map<string, BrowserContext>();
  #visitors: Visitor[] = [];
  readonly #free: Page[] = [];

  async start(chromium: string): Promise<void> {
    const [stack, browser] = await Promise.all([
      startStack(),
      launch(chromium),
    ]);
    this.#running = { stack, browser };
  }

  async stop(): Promise<void> {
    await Promise.all([
      this.#running?.stack.stop(),
      this.#running?.browser.close(),
    ]);
  }

  get stack(): Stack {
    return this.#get().stack;
  }

  /** A new window of somebody. People have a browser each, which they keep. */
  async arrive(
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const { browser, stack } = this.#get();
    const context =
      this.#contexts.get(name) ??
      (await browser.newContext({ viewport: DESKTOP, ...options }));
    this.#contexts.set(name, context);
    return await this.#enter(context, stack.url);
  }

  /** A second window of the same person. */
  async anotherWindowOf({ page }: Visitor): Promise<Visitor> {
    return await this.#enter(page.context(), this.stack.url);
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
  async #enter(context: BrowserContext, url: string): Promise<Visitor> {
    const index = this.#free.findIndex((page) => page.context() === context);
    const [free] = index === -1 ? [] : this.#free.splice(index, 1);
    const visitor = new Visitor(free ?? (await context.newPage()), url);
    this.#visitors.push(visitor);
    return visitor;
  }

  #get(): { stack: Stack; browser: Browser } {
    if (this.#running === undefined)
      throw new Error("The world has not been started");
    return this.#running;
  }
}
