/**
 * The rules, by name. Each names the file of get-convex/convex-backend (at 94a42c3) that it follows.
 */
import type { Rule } from "./rule.js";
import { abort } from "./rules/abort.js";
import { logging } from "./rules/console.js";
import { decoder } from "./rules/decoder.js";
import { depth } from "./rules/depth.js";
import { fetching } from "./rules/fetch.js";
import { handles } from "./rules/handles.js";
import { oldIds } from "./rules/oldIds.js";
import { paginate } from "./rules/paginate.js";
import { reads } from "./rules/reads.js";
import { scheduled } from "./rules/scheduled.js";
import { sizes } from "./rules/sizes.js";
import { surrogates } from "./rules/surrogates.js";

export const RULES = {
  handles,
  reads,
  scheduled,
  depth,
  sizes,
  surrogates,
  paginate,
  oldIds,
  abort,
  fetch: fetching,
  decoder,
  console: logging,
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
/** Which rules are on. */
export type Rules = Readonly<Record<RuleName, boolean>>;

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

const all = (on: boolean): Rules =>
  Object.fromEntries(RULE_NAMES.map((name) => [name, on])) as Rules;

export const EVERY_RULE = all(true);

/** Rules that the package does not keep yet: off in its own suite. */
export const PENDING: readonly RuleName[] = [];

/** The rules of the package's own suite. `off` is the value of `STRICT_OFF`: `reads,abort`, or `all`. */
export function suiteRules(off = ""): Rules {
  if (off === "all") return all(false);
  const names = off.split(",").filter((name) => name !== "");
  for (const name of names) {
    if (!(name in RULES)) {
      throw new Error(
        `STRICT_OFF names no rule "${name}". The rules are ${RULE_NAMES.join(", ")}.`,
      );
    }
  }
  const isOn = (name: RuleName) =>
    !PENDING.includes(name) && !names.includes(name);
  return Object.fromEntries(
    RULE_NAMES.map((name) => [name, isOn(name)]),
  ) as Rules;
}
