import { describe, expect, test } from "vitest";
import { countsOf } from "../../../example/src/pages/runs.js";
import { duration, timeUntil } from "../../../example/src/ui/time.js";
import { stageOf, stageText } from "../../../example/src/documents/summary.js";

test.each([
  [20, "under 0.1 s"],
  [420, "0.4 s"],
  [12_300, "12 s"],
  [180_000, "3 min"],
  [5_400_000, "1.5 h"],
])("%d ms took %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [-5, "now"],
  [500, "now"],
  [40_000, "in 40 s"],
  [300_000, "in 5 min"],
  [3_599_000, "in 1 h"],
  [40_000_000, "in 11 h"],
])("what is due in %d ms is due %s", (wait, text) => {
  expect(timeUntil(1_000_000 + wait, 1_000_000)).toBe(text);
});

test("counts are told as words, without those that are no result", () => {
  const counts = {
    batches: 3,
    scanned: 9,
    removed: 1204,
    keptBack: 2,
    failed: 0,
  };
  expect(countsOf({ counts })).toBe("1,204 removed, 2 kept back");
  expect(countsOf({ counts: { batches: 1 } })).toBe("nothing new");
});

describe("how a summary stands", () => {
  type State = NonNullable<Parameters<typeof stageOf>[0]>;
  const run: NonNullable<State["run"]> = {
    runId: "1",
    name: "generate-summary",
    key: "",
    status: "running",
    trigger: "call",
    attempt: 1,
    counts: {},
    startedAt: 0,
  };
  const external = {
    ns: "convex-docs",
    code: "EXTERNAL",
    message: "",
    retryable: true,
    kind: "status",
    status: 503,
  } as const;
  test.each<[string, State | null, number, string]>([
    ["nobody asked", null, 0, "No summary yet."],
    ["its record is gone", { run: null }, 0, "No summary yet."],
    ["it is at work", { run }, 0, "Summarising…"],
    [
      "it waits",
      { run: { ...run, error: external } },
      7,
      "Another service is busy. Trying again in 7 s.",
    ],
    [
      "it has failed",
      {
        run: {
          ...run,
          status: "failed",
          error: { ...external, kind: "quota", status: 429 },
        },
      },
      0,
      "Another service has no quota left for this app",
    ],
    [
      "it was lost",
      { run: { ...run, status: "lost" } },
      0,
      "Something went wrong on our side",
    ],
    [
      "the document changed",
      { run, result: { kind: "stale" } },
      0,
      "The document changed while it was being summarised, so nothing was overwritten.",
    ],
    [
      "it is there",
      {
        run,
        result: { kind: "written", version: 2, tokens: 1, truncated: false },
      },
      0,
      "",
    ],
  ])("%s", (_what, state, seconds, text) => {
    expect(stageText(stageOf(state, seconds))).toBe(text);
  });
});
