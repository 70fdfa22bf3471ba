/**
 * A setup file of vitest: every `convexTest` of every test is strict.
 */
import type * as ConvexTest from "convex-test";
import { appendFileSync } from "node:fs";
import { afterEach, expect, vi } from "vitest";
import type { Transaction } from "../../dev/strict/frame.js";
import { replaceAbortController } from "../../dev/strict/rules/abort.js";
import { replaceTextDecoder } from "../../dev/strict/rules/decoder.js";
import { rulesNow, takeDeployments } from "./suite.js";

vi.mock("convex-test", async (original) => {
  const real = await original<typeof ConvexTest>();
  const { strict } = await import("../../dev/strict/index.js");
  const suite = await import("./suite.js");
  return {
    ...real,
    convexTest: strict(real.convexTest, suite.rulesNow, suite.remember),
  };
});

// Units that are tested without a deployment meet the runtime's classes too.
if (rulesNow().abort) replaceAbortController();
if (rulesNow().decoder) replaceTextDecoder();

/**
 * Nested calls of one transaction: each evaluates its modules anew, and all share one second. Default: 8. What a test does in
 * `t.run` is its own.
 */
const mostNested = Number(process.env["STRICT_NESTED"] ?? 8);
/** A file that gets one line of JSON for each large transaction. */
const report = process.env["STRICT_REPORT"];

const isLarge = ({ nested, ranges, scheduled }: Transaction) =>
  nested > 8 || ranges > 1_000 || scheduled > 200;

afterEach(() => {
  const { currentTestName: test, testPath: file } = expect.getState();
  const transactions = takeDeployments().flatMap((made) => made.transactions);
  if (report !== undefined) {
    for (const transaction of transactions.filter(isLarge)) {
      const line = JSON.stringify({ file, test, ...transaction });
      appendFileSync(report, `${line}\n`);
    }
  }
  for (const { path, nested } of transactions) {
    if (nested > mostNested && path !== "inline") {
      throw new Error(
        `${path} made ${nested} nested calls in one transaction. STRICT_NESTED allows ${mostNested}.`,
      );
    }
  }
});
