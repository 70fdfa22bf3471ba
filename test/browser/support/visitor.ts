import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { demoUsers, type DemoUserName } from "../../../dev/auth.js";

const ARTIFACTS = fileURLToPath(
  new URL("../../../artifacts/", import.meta.url),
);
const IMAGES = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
/** How long anything on the page may take (ms). Nothing takes a twentieth of it on a machine that is not busy. */
const PATIENCE = 20_000;

/** Somebody with a window of their own. */
export class Visitor {
  /** What went wrong in the page, as the browser's console says it. */
  readonly problems: string[] = [];
  #isSpoilt = false;

  constructor(
    readonly page: Page,
    private readonly url: string,
    private readonly isPictured = true,
  ) {
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("console", (message) => {
      // Convex's client reports every refusal, and the tests are about refusals.
      const isOwn = !message.text().startsWith("[CONVEX");
      if (message.type() === "error" && isOwn)
        this.problems.push(message.text());
    });
  }

  async open(hash = "#/"): Promise<void> {
    await this.page.goto(this.url + hash);
    await this.page.getByRole("heading").first().waitFor();
  }

  async signIn(user: DemoUserName, hash = "#/"): Promise<void> {
    await this.open();
    await this.button(`Sign in as ${demoUsers[user].name}`).click();
    await this.page
      .getByRole("button", { name: `Account of ${demoUsers[user].name}` })
      .waitFor();
    if (hash !== "#/") await this.open(hash);
  }

  /** Takes the window out of use for good: the test has changed more of it than a reload undoes. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  /** Ends the session, and gives the window back if it is as good as new. */
  async leave(): Promise<Page | null> {
    const { page } = this;
    page.removeAllListeners();
    if (this.#isSpoilt) {
      await page.close();
      return null;
    }
    await page.evaluate(() => {
      sessionStorage.clear();
      history.replaceState(null, "", location.pathname);
    });
    await page.reload();
    return page;
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name });
  }

  field(name: string) {
    return this.page.getByLabel(name, { exact: true });
  }

  row(title: string) {
    return this.page.getByRole("listitem").filter({
      has: this.page.getByRole("link", { name: title, exact: true }),
    });
  }

  /** Waits until a text is on the page. */
  async see(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Waits until a dialog has left the page: a closed one takes keys until then, though no role finds it any more. */
  async dialogGone(): Promise<void> {
    await this.page.locator("dialog").waitFor({ state: "detached" });
  }

  /** Chooses an action of a document's menu. */
  async choose(title: string, action: string): Promise<void> {
    await this.button(`Actions for ${title}`).click();
    await this.page.getByRole("menuitem", { name: action }).click();
  }

  /** Keeps what is shown, to be looked at. With UPDATE_SCREENSHOTS=1, the docs show it from then on, if they show this one. */
  async screenshot(name: string): Promise<void> {
    if (!this.isPictured) return;
    const path = `${ARTIFACTS}${name}.png`;
    await this.page.screenshot({ path, animations: "disabled" });
    const shown = `${IMAGES}${name}.png`;
    if (process.env["UPDATE_SCREENSHOTS"] === "1" && existsSync(shown)) {
      await copyFile(path, shown);
    }
  }

  /** By how many pixels the page is wider than the window. */
  async overflow(): Promise<number> {
    return await this.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
  }
}
