/**
 * The rules under which the package's own tests run.
 */
import { afterAll, beforeAll } from "vitest";
import { EVERY_RULE, suiteRules, type Rules } from "./rules.js";

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
