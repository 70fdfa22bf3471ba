import { expect } from "vitest";
import { tooSmall, violations } from "./audit.js";
import type { Visitor } from "./visitor.js";

const TOUCH = { hasTouch: true, isMobile: true };
export const PHONE = { viewport: { width: 360, height: 740 }, ...TOUCH };
const WIDE = { viewport: { width: 390, height: 844 }, ...TOUCH };

/** What a page is looked at on: a size, and whether it is light or dark. */
export const SCREENS = [
  ["phone", "light", PHONE],
  ["phone", "dark", PHONE],
  ["wide-phone", "light", WIDE],
  ["desktop", "light", {}],
  ["desktop", "dark", {}],
] as const;

/** Keeps a picture of what is shown, and holds that nothing is in the way of it: `size` is one of `SCREENS`. */
export function looking(visitor: Visitor, size: string, colorScheme = "") {
  const prefix = [size, colorScheme].filter(Boolean).join("-");
  return async (name: string): Promise<void> => {
    await visitor.screenshot(`${prefix}-${name}`);
    expect.soft(await violations(visitor.page), name).toEqual([]);
    expect.soft(await visitor.overflow(), name).toBeLessThanOrEqual(0);
    if (size === "desktop") return;
    expect.soft(await tooSmall(visitor.page), name).toEqual([]);
  };
}
