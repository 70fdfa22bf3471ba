import { describe, expect, it } from "vitest";
import { ConvexError } from "convex/values";
import {
  getDocsError,
  isDocsError,
  matchDocsError,
} from "../../src/errors/index.js";
import { errorData } from "../../src/errors/data.js";

const gone = errorData("NOT_FOUND", "Gone.", { documentId: "d1" });
const thrown = (data: unknown) =>
  Object.assign(new Error("Server Error"), { data });

describe("an error of ours is recognised by its data", () => {
  it.each([
    ["a ConvexError", new ConvexError(gone)],
    ["an error that only has data", thrown(gone)],
    ["the data itself", gone],
    ["data as JSON, as an HTTP action gets it", thrown(JSON.stringify(gone))],
    ["the body of a problem", { type: "…#not_found", data: gone }],
    [
      "Convex's own 500 from an HTTP action",
      { code: "[Request ID: 1]", data: gone },
    ],
  ])("%s", (_name, error) => {
    expect(getDocsError(error)).toEqual(gone);
  });

  it("is a copy: what a reader changes reaches nobody else", () => {
    expect(getDocsError(gone)).not.toBe(gone);
  });
});

describe("what is not ours is nobody", () => {
  const foreign: [string, unknown][] = [
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
    ["a string", "NOT_FOUNDED"],
    ["JSON text", "null"],
    ["a symbol", Symbol("ns")],
    ["a function", () => gone],
    ["a promise", Promise.resolve(gone)],
    ["an Error", new Error("no")],
    ["a foreign ConvexError", new ConvexError({ code: "NOT_FOUND" })],
    ["a ConvexError of null", new ConvexError(null)],
    ["a ConvexError of a string", new ConvexError("CONFLICT")],
    ["another namespace", thrown({ ...gone, ns: "other" })],
    ["no namespace", thrown({ ...gone, ns: undefined })],
    [
      "a namespace that only converts to ours",
      thrown({ ...gone, ns: ["convex-docs"] }),
    ],
  ];
  it.each(foreign)("%s", (_name, error) => {
    expect(getDocsError(error)).toBeNull();
    expect(isDocsError(error)).toBe(false);
    expect(isDocsError(error, "NOT_FOUND")).toBe(false);
    const other = () => "other";
    expect(matchDocsError(error, { NOT_FOUND: () => "ours", _: other })).toBe(
      "other",
    );
  });

  it.each([
    ["a getter that throws", Object.defineProperty({}, "data", { get: boom })],
    [
      "data whose getter throws",
      thrown(Object.defineProperty({}, "ns", { get: boom })),
    ],
    [
      "details whose getter throws",
      thrown(
        Object.defineProperty({ ...gone }, "documentId", {
          get: boom,
          enumerable: true,
        }),
      ),
    ],
    ["a proxy", new Proxy({}, { get: boom, has: boom, ownKeys: boom })],
    ["a proxy as data", thrown(new Proxy(gone, { ownKeys: boom }))],
    ["a revoked proxy", revoked()],
  ])("%s does not throw", (_name, error) => {
    expect(getDocsError(error)).toBeNull();
    expect(isDocsError(error, "NOT_FOUND")).toBe(false);
  });
});

describe("isDocsError", () => {
  it("says yes to the codes it is asked about and no to the others", () => {
    const error = new ConvexError(gone);
    expect(isDocsError(error)).toBe(true);
    expect(isDocsError(error, "NOT_FOUND")).toBe(true);
    expect(isDocsError(error, "CONFLICT", "NOT_FOUND")).toBe(true);
    expect(isDocsError(error, "CONFLICT")).toBe(false);
  });

  it("is about caught errors: data alone has no `data` to read", () => {
    expect(isDocsError(gone)).toBe(false);
  });

  it("leaves data that has the shape already as it is, frozen or not", () => {
    const error = Object.freeze(new ConvexError(Object.freeze({ ...gone })));
    const { data } = error;
    expect(isDocsError(error, "NOT_FOUND")).toBe(true);
    expect(error.data).toBe(data);
  });
});

describe("an older server's plain code", () => {
  it.each(["UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND"] as const)(
    "%s is understood",
    (code) => {
      const error: unknown = new ConvexError(code);
      expect(getDocsError(error)).toEqual({
        ns: "convex-docs",
        code,
        message: code,
        retryable: false,
        documentId: "",
      });
      expect(isDocsError(error, "CONFLICT")).toBe(false);
      expect((error as ConvexError<string>).data).toBe(code);
      // What a guard has said yes to has data that can be switched on.
      expect(isDocsError(error, code) && error.data.code).toBe(code);
    },
  );

  it("is not a yes about an error that cannot be given its data", () => {
    expect(isDocsError(Object.freeze(new ConvexError("NOT_FOUND")))).toBe(
      false,
    );
  });
});

describe("a newer server's code", () => {
  const quantum = {
    ...gone,
    code: "QUANTUM_FLUX",
    message: "Too much flux.",
    flux: 9,
  };

  it("is UNKNOWN, with what it was called and all it brought", () => {
    expect(getDocsError(thrown(quantum))).toEqual({
      ...quantum,
      code: "UNKNOWN",
      rawCode: "QUANTUM_FLUX",
    });
  });

  it("does not crash a switch that is exhaustive today", () => {
    expect(isDocsError(thrown(quantum), "NOT_FOUND")).toBe(false);
    expect(isDocsError(thrown(quantum), "UNKNOWN")).toBe(true);
    expect(isDocsError(thrown(quantum))).toBe(true);
  });

  it("becomes known again in a copy of the package that knows it", () => {
    // An older copy has read the error and thrown it on.
    const relayed = { ...gone, code: "UNKNOWN", rawCode: "NOT_FOUND" };
    expect(getDocsError(thrown(relayed))?.code).toBe("NOT_FOUND");
  });
});

describe("errorData", () => {
  it("keeps its own fields whatever the details say", () => {
    const details = {
      documentId: "d1",
      code: "INTERNAL",
      ns: "x",
      message: "m",
    };
    expect(errorData("NOT_FOUND", "Gone.", details)).toEqual(gone);
  });

  it("says when to come back", () => {
    const retry = { retryable: true, retryAfterMs: 50 };
    expect(errorData("INTERNAL", "Busy.", {}, retry)).toEqual({
      ns: "convex-docs",
      code: "INTERNAL",
      message: "Busy.",
      retryable: true,
      retryAfterMs: 50,
    });
  });
});

function boom(): never {
  throw new Error("hostile");
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
