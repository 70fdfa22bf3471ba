import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
} from "playwright-core";
import { launch } from "./chromium.js";
import { startStack, type Stack } from "./stack.js";
import { Visitor } from "./visitor.js";

/** One stack, one browser, and everybody who looks at the page. */
export class World {
  #running: { stack: Stack; browser: Browser } | undefined;
  readonly #contexts = new Map<string, BrowserContext>();
  #visitors: Visitor[] = [];

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

  /** A new window of somebody. People have a browser each, which they keep; a window's session ends with it. */
  async arrive(
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const { browser, stack } = this.#get();
    const context =
      this.#contexts.get(name) ??
      (await browser.newContext({
        viewport: { width: 1280, height: 800 },
        ...options,
      }));
    this.#contexts.set(name, context);
    const visitor = new Visitor(await context.newPage(), stack.url);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** A second window of the same person. */
  async anotherWindowOf(visitor: Visitor): Promise<Visitor> {
    const other = new Visitor(
      await visitor.page.context().newPage(),
      this.stack.url,
    );
    this.#visitors.push(other);
    return other;
  }

  /** Closes all windows, and returns what went wrong in them. */
  async endTest(): Promise<string[]> {
    const visitors = this.#visitors;
    this.#visitors = [];
    await Promise.all(visitors.map((visitor) => visitor.page.close()));
    return visitors.flatMap((visitor) => visitor.problems);
  }

  #get(): { stack: Stack; browser: Browser } {
    if (this.#running === undefined)
      throw new Error("The world has not been started");
    return this.#running;
  }
}
