import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { safe } from "../../src/errors/index.js";
import { notFound } from "../../src/shared/failures.js";

describe("safe", () => {
  it("is the value of what succeeds", async () => {
    expect(await safe(Promise.resolve(7))).toEqual({ ok: true, value: 7 });
  });

  it("is the error of what we refuse", async () => {
    const refused = Promise.reject(new ConvexError(notFound("d1")));
    expect(await safe(refused)).toEqual({ ok: false, error: notFound("d1") });
  });

  it.each([
    [new TypeError("bug")],
    [new ConvexError({ code: "NOT_FOUND" })],
    [null],
    ["text"],
  ])("throws on what is not ours, the very same: %s", async (bug) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything can be thrown
    const failed = safe(Promise.reject(bug));
    expect(await failed.catch((caught: unknown) => ({ caught }))).toEqual({
      caught: bug,
    });
  });
});
