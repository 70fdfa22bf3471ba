import type { Infer } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import {
  docsError,
  toResult,
  type vDocsError,
  type vDocsResult,
} from "../../src/client/index.js";
import {
  errorMessage,
  fieldErrors,
  getDocsError,
  isDocsError,
  matchDocsError,
  safe,
  type AnyDocsError,
  type DocsErrorCode,
  type DocsErrorData,
  type ErrorTexts,
  type Issue,
  type UnknownDocsError,
} from "../../src/errors/index.js";

declare const caught: unknown;
type ResultOfErrors = Infer<ReturnType<typeof vDocsResult<typeof vDocsError>>>;

describe("guards", () => {
  it("narrow to the details of the codes asked about", () => {
    if (isDocsError(caught, "CONFLICT")) {
      expectTypeOf(caught.data.actual).toEqualTypeOf<number>();
      expectTypeOf(caught.message).toEqualTypeOf<string>();
      // @ts-expect-error a conflict has no issues
      expectTypeOf(caught.data.issues);
    }
    if (isDocsError(caught, "FORBIDDEN", "NOT_FOUND")) {
      expectTypeOf(caught.data.code).toEqualTypeOf<"FORBIDDEN" | "NOT_FOUND">();
      expectTypeOf(caught.data.documentId).toEqualTypeOf<string>();
    }
    // @ts-expect-error there is no such code
    isDocsError(caught, "NOT_FUOND");
  });

  it("narrow to every code, a newer server's too, when asked about none", () => {
    if (isDocsError(caught))
      expectTypeOf(caught.data).toEqualTypeOf<AnyDocsError>();
    expectTypeOf(getDocsError(caught)).toEqualTypeOf<AnyDocsError | null>();
  });

  it("leave a union that a switch exhausts", () => {
    const explain = (data: DocsErrorData): string => {
      switch (data.code) {
        case "VALIDATION_FAILED":
          expectTypeOf(data.issues).toEqualTypeOf<Issue[]>();
          return "fix";
        case "BATCH_FAILED":
          expectTypeOf(data.errors[0]!.error).toEqualTypeOf<DocsErrorData>();
          return "none";
        case "UNAUTHORIZED":
        case "FORBIDDEN":
        case "NOT_FOUND":
        case "CONFLICT":
        case "INVALID_CURSOR":
        case "ALREADY_EXISTS":
        case "DUPLICATE_ID":
        case "BATCH_TOO_LARGE":
        case "RATE_LIMITED":
        case "VIEW_BUILDING":
        case "EXTERNAL":
        case "TIMEOUT":
        case "LIMIT_EXCEEDED":
        case "HANDLER_NOT_FOUND":
        case "INTERNAL":
          return data.message;
      }
    };
    expectTypeOf(explain).returns.toEqualTypeOf<string>();
  });
});

describe("matchDocsError", () => {
  const every = {
    UNAUTHORIZED: () => 1,
    FORBIDDEN: () => 1,
    NOT_FOUND: () => 1,
    VALIDATION_FAILED: () => 1,
    CONFLICT: () => 1,
    INVALID_CURSOR: () => 1,
    ALREADY_EXISTS: () => 1,
    DUPLICATE_ID: () => 1,
    BATCH_FAILED: () => 1,
    BATCH_TOO_LARGE: () => 1,
    RATE_LIMITED: () => 1,
    VIEW_BUILDING: () => 1,
    EXTERNAL: () => 1,
    TIMEOUT: () => 1,
    LIMIT_EXCEEDED: () => 1,
    HANDLER_NOT_FOUND: () => 1,
    INTERNAL: () => 1,
  };

  it("takes every code, or the rest", () => {
    expectTypeOf(
      matchDocsError(caught, { ...every, UNKNOWN: () => "new" }),
    ).toEqualTypeOf<number | string>();
    expectTypeOf(
      matchDocsError(caught, { _: () => "rest" }),
    ).toEqualTypeOf<string>();
  });

  it("does not compile with a case missing", () => {
    // @ts-expect-error UNKNOWN is missing, and there is no rest
    matchDocsError(caught, every);
    const { CONFLICT: _conflict, ...others } = every;
    // @ts-expect-error CONFLICT is missing, and there is no rest
    matchDocsError(caught, { ...others, UNKNOWN: () => 1 });
    // @ts-expect-error everything is missing
    matchDocsError(caught, {});
  });

  it("does not compile with a case that could never run", () => {
    // @ts-expect-error there is no such code
    matchDocsError(caught, { NOT_FUOND: () => 1, _: () => 2 });
    // @ts-expect-error there is no such code
    matchDocsError(caught, { ...every, UNKNOWN: () => 1, NOT_FUOND: () => 1 });
  });

  it("gives each case its details, and returns what they return", () => {
    const answer = matchDocsError(caught, {
      CONFLICT: (data) => {
        expectTypeOf(data).toEqualTypeOf<DocsErrorData<"CONFLICT">>();
        return data.actual;
      },
      UNKNOWN: (data) => {
        expectTypeOf(data).toEqualTypeOf<UnknownDocsError>();
        return data.rawCode;
      },
      _: (error) => {
        expectTypeOf(error).toEqualTypeOf<unknown>();
        return null;
      },
    });
    expectTypeOf(answer).toEqualTypeOf<number | string | null>();
  });
});

describe("texts", () => {
  it("are strings, or made of the code's details", () => {
    errorMessage(caught, {
      CONFLICT: ({ actual }) => `v${actual}`,
      NOT_FOUND: "gone",
      fallback: "oh",
    });
    // @ts-expect-error a text of a code that does not exist
    errorMessage(caught, { NOT_FUOND: "gone" });
    // @ts-expect-error not a text
    errorMessage(caught, { NOT_FOUND: 7 });
    expectTypeOf(fieldErrors(caught)).toEqualTypeOf<Record<string, string>>();
  });

  it("are complete for a translation that says so", () => {
    // @ts-expect-error all but one are missing
    ({ NOT_FOUND: "Weg." }) satisfies Required<ErrorTexts>;
  });
});

describe("results", () => {
  it("know both ways a call can go", async () => {
    const result = await safe(Promise.resolve(7));
    if (result.ok) expectTypeOf(result.value).toEqualTypeOf<number>();
    else expectTypeOf(result.error).toEqualTypeOf<AnyDocsError>();
  });

  it("fit the validators of a function's `returns`", async () => {
    expectTypeOf<Infer<typeof vDocsError>>().toExtend<DocsErrorData>();
    expectTypeOf<DocsErrorData>().toExtend<Infer<typeof vDocsError>>();
    const result = await toResult((): DocsErrorData => ({}) as never);
    expectTypeOf(result).toExtend<ResultOfErrors>();
  });
});

describe("docsError", () => {
  it("needs the details of its code, and only those", () => {
    docsError("UNAUTHORIZED");
    docsError("INTERNAL", {}, { retryable: true });
    docsError("NOT_FOUND", { documentId: "d1" }, { message: "Gone." });
    // @ts-expect-error the details are missing
    docsError("NOT_FOUND");
    // @ts-expect-error these are the details of another code
    docsError("CONFLICT", { documentId: "d1" });
    // @ts-expect-error there is no such detail
    docsError("NOT_FOUND", { documentId: "d1", secret: "x" });
    // @ts-expect-error there is no such code
    docsError("NOT_FUOND", { documentId: "d1" });
  });

  it("has a code for every kind of detail", () => {
    expectTypeOf<DocsErrorData["code"]>().toEqualTypeOf<DocsErrorCode>();
  });
});
