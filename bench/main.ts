/**
 * Measures what the package costs.
 *
 *     npm run bench                  prints a table an area; writes docs/performance.md
 *     npm run bench -- --check       fails if anything costs more than bench/baseline.json says
 *     npm run bench -- --update      writes bench/baseline.json
 *
 * `--quick` leaves out 100,000 documents; `--area cost` measures that area alone (cost, size, retention, webhooks,
 * types, push or bundle; several may be given). Neither writes the page, which shows everything.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { format } from "prettier";
import typescript from "typescript/package.json" with { type: "json" };
import convex from "convex/package.json" with { type: "json" };
import convexTest from "convex-test/package.json" with { type: "json" };
import type { Area, Options } from "./area.js";
import { BUNDLE_HEADROOM, measureBundle } from "./areas/bundle.js";
import { measureCost } from "./areas/cost.js";
import { measurePush } from "./areas/push.js";
import { measureRetention } from "./areas/retention.js";
import { measureSize } from "./areas/size.js";
import { measureTypes, TYPES_HEADROOM } from "./areas/types.js";
import { measureWebhooks } from "./areas/webhooks.js";
import { toSvg } from "./chart.js";
import { compare, toBaseline, type Baseline } from "./compare.js";
import { Clock } from "./engine/clock.js";
import { decimal } from "./format.js";
import { toPage, toText } from "./report.js";

const BASELINE = "bench/baseline.json";
const PAGE = "docs/performance.md";
const MEASURED = "bench/measured.json";
const CHART = "cost-by-size.svg";

const clock = new Clock();
/** `null` where what an area needs is not there. */
const AREAS: Record<string, (options: Options) => Promise<Area> | Area | null> =
  {
    cost: () => clock.during(() => measureCost(clock)),
    size: (options) => clock.during(() => measureSize(clock, options)),
    retention: (options) =>
      clock.during(() => measureRetention(clock, options)),
    webhooks: () => measureWebhooks(),
    types: () => measureTypes(),
    push: () => measurePush(),
    bundle: () => measureBundle(),
  };
const HEADROOM: Record<string, number> = {
  types: TYPES_HEADROOM,
  bundle: BUNDLE_HEADROOM,
};

const { values: flags } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    update: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    area: { type: "string", multiple: true },
  },
});
const names = flags.area ?? Object.keys(AREAS);

// So that the heap can be measured without what is unused.
setFlagsFromString("--expose-gc");
globalThis.gc = runInNewContext("gc") as NonNullable<typeof globalThis.gc>;

const baseline = readBaseline();
const measured: Area[] = [];
const skipped: string[] = [];
const broken: string[] = [];
const problems: string[] = [];
const lowered: string[] = [];
const startedAt = performance.now();
for (const name of names) {
  const measure = AREAS[name];
  if (!measure) {
    throw new Error(
      `There is no area ${name}: choose ${Object.keys(AREAS).join(", ")}.`,
    );
  }
  const area = await measure(flags);
  if (!area) {
    skipped.push(name);
    console.log(`${name}: skipped, CONVEX_OFFLINE_CLI is not set.\n`);
    continue;
  }
  measured.push(area);
  if (area.tables.length > 0) {
    console.log(`━━ ${area.title} ━━\n`);
    for (const table of area.tables) console.log(`${toText(table)}\n`);
  }
  const partial = flags.quick;
  const held = compare(name, baseline[name], area.figures, { partial });
  broken.push(...area.broken);
  problems.push(...held.problems);
  // A budget is not meant to be met exactly.
  if (!HEADROOM[name]) lowered.push(...held.lowered);
  if (flags.update) {
    const kept = partial ? baseline[name] : {};
    const fresh = toBaseline(area.figures, HEADROOM[name]);
    baseline[name] = { ...kept, ...fresh };
  }
}
console.log(`${decimal((performance.now() - startedAt) / 1000)} s.`);

if (flags.update) {
  writeFileSync(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
  console.log(`Written: ${BASELINE}.`);
  // No baseline makes these right.
  for (const sentence of broken) console.log(sentence);
} else {
  for (const sentence of [...broken, ...problems, ...lowered])
    console.log(sentence);
  if (broken.length + problems.length > 0) {
    console.log(
      "\nIf that is meant, `npm run bench -- --update` writes it down.",
    );
    if (flags.check) process.exitCode = 1;
  } else console.log("Nothing costs more than the baseline says.");
}
const whole = !flags.check && !flags.quick && flags.area === undefined;
if (whole && skipped.length > 0) {
  console.log(`Not written, for it would lack ${skipped.join(", ")}: ${PAGE}.`);
} else if (whole) {
  const lines = measured.flatMap((area) => area.lines ?? []);
  const versions = `convex ${convex.version}, convex-test ${convexTest.version}, TypeScript ${typescript.version}`;
  writeFileSync(`docs/${CHART}`, toSvg(lines));
  writeFileSync(PAGE, await toPage(measured, { chart: CHART, versions }));
  // What the page says, as it was measured: a test writes the page from it again and finds what was edited by hand.
  const text = JSON.stringify({ versions, areas: measured });
  writeFileSync(MEASURED, await format(text, { parser: "json" }));
  console.log(`Written: ${PAGE}, docs/${CHART}, ${MEASURED}.`);
}

function readBaseline(): Baseline {
  if (!existsSync(BASELINE)) return {};
  return JSON.parse(readFileSync(BASELINE, "utf8")) as Baseline;
}
