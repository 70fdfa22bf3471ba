// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Area } from "../../bench/area.js";
import { toSvg } from "../../bench/chart.js";
import type { Baseline } from "../../bench/compare.js";
import { toPage } from "../../bench/report.js";

const read = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { versions, areas } = JSON.parse(read("bench/measured.json")) as {
  versions: string;
  areas: Area[];
};

test("docs/performance.md says what was measured, and nothing by hand", async () => {
  const page = await toPage(areas, { chart: "cost-by-size.svg", versions });
  expect(read("docs/performance.md")).toBe(page);
});

test("its chart draws what was measured", () => {
  const lines = areas.flatMap((area) => area.lines ?? []);
  expect(lines.length).toBeGreaterThan(0);
  expect(read("docs/cost-by-size.svg")).toBe(toSvg(lines));
});

test("the cost per operation on the page is the one that CI holds", () => {
  const baseline = JSON.parse(read("bench/baseline.json")) as Baseline;
  const cost = areas.find(({ title }) => title === "Cost per operation");
  expect(cost?.figures).toEqual(baseline["cost"]);
});
