import { format } from "prettier";
import { describe, expect, test } from "vitest";
import type { Area } from "../../bench/area.js";
import { toSvg } from "../../bench/chart.js";
import { toPage, toText } from "../../bench/report.js";
import { parseDiagnostics } from "../../bench/types/compiler.js";

const table = {
  title: "Reading",
  head: ["documents", "page"],
  rows: [
    ["100", "1 / 21 / 0"],
    ["100,000", "1 | 21"],
  ],
  notes: ["A note."],
};
const area: Area = {
  title: "Size",
  tables: [table],
  figures: {},
  broken: [],
  lines: [],
};

describe("a table", () => {
  test("is aligned in the terminal", () => {
    expect(toText(table)).toBe(
      [
        "Reading",
        "",
        "documents  page",
        "─────────  ──────────",
        "100        1 / 21 / 0",
        "100,000    1 | 21",
        "A note.",
      ].join("\n"),
    );
  });

  test("is one on the page, as prettier would lay it out", async () => {
    const page = await toPage([area], { chart: "a.svg", versions: "v" });
    expect(page).toContain("| 100,000   |    1 \\| 21 |");
    expect(page).toContain("![What one transaction reads, by size](a.svg)");
    expect(await format(page, { parser: "markdown" })).toBe(page);
  });
});

describe("the chart", () => {
  const svg = toSvg([
    {
      label: "page of 20",
      points: [
        { documents: 100, bytes: 24_000 },
        { documents: 100_000, bytes: 24_000 },
      ],
    },
    {
      label: "cleanup by hand",
      points: [
        { documents: 1_000, bytes: 2_280_000 },
        { documents: 10_000, bytes: null },
      ],
    },
  ]);

  test("draws what costs the same as a level line", () => {
    const [flat = ""] = /(?<=<polyline points=")[^"]+/.exec(svg) ?? [];
    const heights = flat.split(" ").map((point) => point.split(",")[1]);
    expect(heights).toHaveLength(2);
    expect(new Set(heights).size).toBe(1);
  });

  test("says in words what it shows, failures too", () => {
    expect(svg).toContain("page of 20: 24 kB with 100, 24 kB with 100,000.");
    expect(svg).toContain(
      "cleanup by hand: 2 MB with 1,000, fails with 10,000.",
    );
  });
});

describe("the compiler's diagnostics", () => {
  const output = [
    "a.ts(1,2): error TS2589: Type instantiation is excessively deep.",
    "Types:                         8041",
    "Instantiations:               19803",
    "Check time:                   1.08s",
  ].join("\n");

  test("are read with their errors", () => {
    expect(parseDiagnostics(output)).toEqual({
      types: 8041,
      instantiations: 19803,
      checkSeconds: 1.08,
      errors: [
        "a.ts(1,2): error TS2589: Type instantiation is excessively deep.",
      ],
    });
  });

  test("that say nothing are an error of their own", () => {
    expect(() => parseDiagnostics("")).toThrow("tsc did not say Types");
  });
});
