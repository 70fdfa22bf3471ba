/**
 * A setup file of vitest: every `convexTest` of every test is strict.
 */
import type * as ConvexTest from "convex-test";
import { appendFileSync } from "node:fs";
import { afterEach, expect, vi } from "vitest";
import type { Transaction } from "./frame.js";
import { takeDeployments } from "./index.js";
import { replaceAbortController } from "./rules/abort.js";
import { replaceTextDecoder } from "./rules/decoder.js";
import { rulesNow } from "./suite.js";

vi.mock("convex-test", async (original) => {
  const real = await original<typeof ConvexTest>();
  const { strict } = await import("./index.js");
  const suite = await import("./suite.js");
  return { ...real, convexTest: strict(real.convexTest, suite.rulesNow) };
});

// Units that are tested without a deployment meet the runtime's classes too.
if (rulesNow().abort) replaceAbortController();
if (rulesNow().decoder) replaceTextDecoder();

/** Nested calls of one transaction that a test may make. Default: any number. */
const mostNested = Number(process.env["STRICT_NESTED"] ?? Infinity);
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
    if (nested > mostNested) {
      throw new Error(
        `${path} made ${nested} nested calls in one transaction. STRICT_NESTED allows ${mostNested}.`,
      );
    }
  }
});
