/**
 * The rules under which the package's own tests run.
 */
import { afterAll, beforeAll } from "vitest";
import type { Deployment } from "../../dev/strict/index.js";
import { EVERY_RULE, suiteRules, type Rules } from "../../dev/strict/rules.js";

const ordinary = suiteRules(process.env["STRICT_OFF"]);
let now = ordinary;

/** What the next deployment is made with. */
export const rulesNow = (): Rules => now;

/** Every rule is on in this test file, those that are pending too. */
export function underEveryRule(): void {
  beforeAll(() => {
    now = EVERY_RULE;
  });
  afterAll(() => {
    now = ordinary;
  });
}

/** Those made since the last look. */
let made: Deployment[] = [];

export function remember(deployment: Deployment): void {
  made.push(deployment);
}

/** The deployments made since this was called last. */
export function takeDeployments(): Deployment[] {
  const taken = made;
  made = [];
  return taken;
}
