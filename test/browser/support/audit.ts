import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = require.resolve("axe-core/axe.min.js");

/** What a thumb needs (CSS px). */
const THUMB = 40;

/** What axe-core finds wrong with the page once nothing on it moves any more, one line each. Every rule is on, best practices too. */
export async function violations(page: Page): Promise<string[]> {
  // What fades in has little contrast meanwhile.
  await page.evaluate(async () => {
    const isEndless = (animation: Animation) =>
      animation.effect?.getComputedTiming().endTime === Infinity;
    const ends = document
      .getAnimations()
      .filter((animation) => !isEndless(animation))
      .map((animation) => animation.finished.catch(() => undefined));
    await Promise.all(ends);
  });
  await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as { axe: typeof axe };
    const results = await runner.run(document, {
      resultTypes: ["violations"],
    });
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, html }) => `${id}: ${String(target)} ${html}`),
    );
  });
  return found;
}

/** What can be pressed on the page and is smaller than a thumb. A label is part of its field, a row's link is the row. */
export async function tooSmall(page: Page): Promise<string[]> {
  return await page.evaluate((least) => {
    const all = document.querySelectorAll<HTMLElement>(
      "button, a[href], input, select, textarea, summary, [role=menuitem]",
    );
    const areaOf = (element: HTMLElement) =>
      element.closest<HTMLElement>("label") ??
      (element instanceof HTMLInputElement && element.type === "checkbox"
        ? element.labels?.[0]
        : null) ??
      (element.matches(".row__title") ? element.closest("li") : null) ??
      element;
    return [...all]
      .filter((element) => {
        const { visibility, position, clipPath } = getComputedStyle(element);
        const isShown = visibility !== "hidden" && clipPath === "none";
        const box = element.getBoundingClientRect();
        return isShown && position !== "fixed" && box.width > 0;
      })
      .filter((element) => {
        const { width, height } = areaOf(element).getBoundingClientRect();
        return width < least || height < least;
      })
      .map((element) => element.outerHTML.slice(0, 120));
  }, THUMB);
}

/** What has the focus: a name to compare with, or `null` if nothing has it. */
export async function focused(page: Page): Promise<string | null> {
  return await page.evaluate(() => {
    const { activeElement: at } = document;
    if (at === null || at === document.body) return null;
    return (
      at.getAttribute("aria-label") ??
      (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement
        ? (at.labels?.[0]?.textContent ?? at.tagName)
        : at.id || at.textContent || at.tagName)
    );
  });
}
