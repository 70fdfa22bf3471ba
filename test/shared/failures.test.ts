import { convexTest } from "convex-test";
import {
  defineSchema,
  makeFunctionReference,
  mutationGeneric,
} from "convex/server";
import { ConvexError, v } from "convex/values";
import { describe, expect, it, vi } from "vitest";
import {
  mapErrors,
  toResult,
  vDocsError,
  vDocsResult,
} from "../../src/client/errors.js";
import { CODES } from "../../src/errors/codes.js";
import { getDocsError } from "../../src/errors/index.js";
import {
  docsError,
  fail,
  failure,
  invalid,
  notFound,
} from "../../src/shared/failures.js";
import { issue } from "../../src/shared/issues.js";
import { samples } from "../errors/support/samples.js";

describe("docsError", () => {
  it("words the error as all of its code, or as it is told", () => {
    expect(docsError("NOT_FOUND", { documentId: "d1" }).data).toEqual(
      notFound("d1"),
    );
    const worded = docsError(
      "FORBIDDEN",
      { documentId: "d1" },
      { message: "Admins only." },
    );
    expect(worded.data.message).toBe("Admins only.");
  });

  it("needs no details where there are none", () => {
    expect(docsError("UNAUTHORIZED").data.code).toBe("UNAUTHORIZED");
  });

  it("is retryable when it is about too many calls, and when it is told so", () => {
    expect(docsError("RATE_LIMITED", { retryAfterMs: 5 }).data.retryable).toBe(
      true,
    );
    const busy = docsError(
      "INTERNAL",
      {},
      { retryable: true, retryAfterMs: 9 },
    );
    expect(busy.data).toMatchObject({ retryable: true, retryAfterMs: 9 });
  });

  it("cuts an id that is too long to repeat, and not through the middle of a character", () => {
    const { documentId } = notFound("😀".repeat(100));
    expect(documentId.length).toBeLessThanOrEqual(65);
    expect(documentId).not.toMatch(/\p{Surrogate}/u);
    expect(notFound("x\uD83D").documentId).toBe("x\uFFFD");
  });
});

describe("the wording", () => {
  it.each(CODES)("of %s is a sentence", (code) => {
    expect(samples[code].message).toMatch(/^[A-Z].*\.$/);
  });

  it("names every field of a refused document", () => {
    const { message } = invalid([
      issue("title", "is required."),
      { path: "dueDate", message: "Too late" },
      { path: "", message: "It ends before it starts." },
    ]);
    expect(message).toBe(
      "Title is required. Due date: Too late. It ends before it starts.",
    );
  });
});

describe("toResult and its validator", () => {
  const check = mutationGeneric({
    args: { code: v.string() },
    returns: vDocsResult(v.number()),
    handler: (_ctx, { code }) =>
      toResult(() => {
        if (code === "none") return 7;
        if (code === "bug") throw new TypeError("bug");
        if (code === "newer")
          throw new ConvexError({ ...notFound("d1"), code: "FLUX" });
        if (code === "plain") throw new ConvexError("NOT_FOUND");
        throw fail(samples[code as keyof typeof samples]);
      }),
  });
  const call = (code: string) =>
    convexTest(defineSchema({}), {
      "./_generated/api.js": () => Promise.resolve({}),
      "./host.js": () => Promise.resolve({ check }),
    }).mutation(
      makeFunctionReference<"mutation", { code: string }>("host:check"),
      { code },
    );

  it("returns the value", async () => {
    expect(await call("none")).toEqual({ ok: true, value: 7 });
  });

  it.each(CODES)(
    "returns %s in a shape that the validator lets through",
    async (code) => {
      expect(await call(code)).toEqual({ ok: false, error: samples[code] });
    },
  );

  it("understands a plain code of older code", async () => {
    expect(await call("plain")).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", documentId: "" },
    });
  });

  it("throws on a bug", async () => {
    await expect(call("bug")).rejects.toThrow("bug");
  });

  it("throws on a code that has no shape here, as it is", async () => {
    const error: unknown = await call("newer").catch((e: unknown) => e);
    expect(getDocsError(error)).toMatchObject({ rawCode: "FLUX" });
  });

  it("covers every code", () => {
    expect(
      vDocsError.members.map(({ fields }) => fields.code.value).sort(),
    ).toEqual([...CODES].sort());
  });
});

describe("mapped", () => {
  const mine = vi.fn(
    (data: { code: string }) => new RangeError(`mine: ${data.code}`),
  );
  const reject = (error: unknown) =>
    mapErrors(mine, async () => {
      throw error;
    });

  it("gives the host's error for ours", async () => {
    await expect(reject(fail(notFound("d1")))).rejects.toThrow(
      new RangeError("mine: NOT_FOUND"),
    );
  });

  it.each([
    ["what is not ours", new TypeError("bug")],
    [
      "Convex's pagination protocol",
      fail(failure("INVALID_CURSOR", samples.INVALID_CURSOR)),
    ],
    ["a newer code", new ConvexError({ ...notFound("d1"), code: "FLUX" })],
  ])("lets %s pass", async (_name, error) => {
    await expect(reject(error)).rejects.toBe(error);
  });

  it("changes nothing where the host has no error of its own", async () => {
    const error = fail(notFound("d1"));
    await expect(
      mapErrors(undefined, async () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await mapErrors(mine, async () => 7)).toBe(7);
    expect(getDocsError(error)?.code).toBe("NOT_FOUND");
  });
});
