import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { matchDocsError } from "../../src/errors/index.js";
import { conflict, notFound } from "../../src/shared/failures.js";

const every = {
  UNAUTHORIZED: () => "sign in",
  FORBIDDEN: () => "no",
  NOT_FOUND: ({ documentId }: { documentId: string }) => `no ${documentId}`,
  VALIDATION_FAILED: () => "fix",
  CONFLICT: ({ actual }: { actual: number }) => `now ${actual}`,
  INVALID_CURSOR: () => "again",
  ALREADY_EXISTS: () => "twice",
  DUPLICATE_ID: () => "twice",
  BATCH_FAILED: () => "none",
  BATCH_TOO_LARGE: () => "less",
  RATE_LIMITED: () => "later",
  VIEW_BUILDING: () => "soon",
  EXTERNAL: () => "they",
  TIMEOUT: () => "late",
  LIMIT_EXCEEDED: () => "much",
  HANDLER_NOT_FOUND: () => "gone",
  INTERNAL: () => "we",
  UNKNOWN: ({ rawCode }: { rawCode: string }) => `new ${rawCode}`,
};

describe("matchDocsError", () => {
  it("runs the case of the code with the details of the code", () => {
    const error = new ConvexError(conflict("d1", 1, 4));
    expect(matchDocsError(error, every)).toBe("now 4");
  });

  it("gives a newer server's code to UNKNOWN, or else to the rest", () => {
    const newer = { data: { ...notFound("d1"), code: "FLUX" } };
    expect(matchDocsError(newer, every)).toBe("new FLUX");
    expect(matchDocsError(newer, { _: (error) => error })).toBe(newer);
  });

  it("gives the rest what was caught, ours or not", () => {
    const bug = new TypeError("bug");
    expect(matchDocsError(bug, { NOT_FOUND: () => 1, _: (e) => e })).toBe(bug);
  });

  it("throws on what is not ours when there is no rest", () => {
    const bug = new TypeError("bug");
    expect(() => matchDocsError(bug, every)).toThrow(bug);
  });

  it("does not swallow what a case throws", () => {
    const cases = {
      NOT_FOUND: () => {
        throw new RangeError("mine");
      },
      _: () => "never",
    };
    expect(() => matchDocsError(notFound("d1"), cases)).toThrow(RangeError);
  });
});
