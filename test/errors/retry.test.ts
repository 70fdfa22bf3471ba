import { ConvexError } from "convex/values";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestId, retryDelay } from "../../src/errors/index.js";
import { failure } from "../../src/shared/failures.js";

const limited = failure("RATE_LIMITED", { retryAfterMs: 5000 });
const busy = failure("INTERNAL", {}, { retryable: true });

describe("retryDelay", () => {
  it("is null where the same call cannot succeed", () => {
    expect(retryDelay(failure("NOT_FOUND", { documentId: "d" }), 0)).toBeNull();
    expect(retryDelay(new TypeError("fetch failed"), 0)).toBeNull();
  });

  it("doubles its bound with each attempt, up to 30 s", () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 5000].map((n) =>
      retryDelay(busy, n, () => 1),
    );
    expect(bounds).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(retryDelay(busy, 3, () => 0)).toBe(0);
  });

  it("never comes back before the server asked it to", () => {
    expect(retryDelay(new ConvexError(limited), 0, () => 0)).toBe(5000);
    expect(retryDelay(new ConvexError(limited), 0, () => 0.5)).toBe(5500);
  });

  it("stays within its bounds for any draw", () => {
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(2000), draw, (attempt, random) => {
        const wait = retryDelay(limited, attempt, () => random);
        expect(wait).toBeGreaterThanOrEqual(5000);
        expect(wait).toBeLessThanOrEqual(35_000);
      }),
    );
  });
});

describe("requestId", () => {
  it("reads it from Convex's own message", () => {
    const error = new Error(
      "[CONVEX M(documents:update)] [Request ID: b5e8a7d1c0f24e93] Server Error",
    );
    expect(requestId(error)).toBe("b5e8a7d1c0f24e93");
  });

  it.each([
    [null],
    ["text"],
    [new Error("no id")],
    [{ message: 7 }],
    [
      Object.defineProperty({}, "message", {
        get: () => {
          throw new Error("x");
        },
      }),
    ],
  ])("is undefined where there is none: %#", (error) => {
    expect(requestId(error)).toBeUndefined();
  });
});
