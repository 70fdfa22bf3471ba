import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import {
  explain,
  fieldProblem,
  toFailure,
  type Failure,
} from "../../../example/src/ui/failure.js";

const base = {
  ns: "convex-docs",
  message: "For developers.",
  retryable: false,
} as const;
const documentId = "j57";

const failures: Failure[] = [
  { ...base, code: "UNAUTHORIZED" },
  { ...base, code: "FORBIDDEN", documentId },
  { ...base, code: "NOT_FOUND", documentId },
  {
    ...base,
    code: "VALIDATION_FAILED",
    issues: [{ path: "title", message: "Title is required." }],
  },
  { ...base, code: "CONFLICT", documentId, expected: 1, actual: 2 },
  { ...base, code: "ALREADY_EXISTS", key: "plan" },
  { ...base, code: "DUPLICATE_ID", documentId },
  { ...base, code: "BATCH_FAILED", errors: [] },
  { ...base, code: "BATCH_TOO_LARGE", what: "items", limit: 1, got: 2 },
  { ...base, code: "RATE_LIMITED", retryAfterMs: 1_500 },
  {
    ...base,
    code: "INVALID_CURSOR",
    isConvexSystemError: true,
    paginationError: "InvalidCursor",
  },
  { ...base, code: "EXTERNAL", kind: "timeout" },
  { ...base, code: "TIMEOUT" },
  { ...base, code: "LIMIT_EXCEEDED" },
  { ...base, code: "HANDLER_NOT_FOUND" },
  { ...base, code: "INTERNAL" },
  { ...base, code: "UNKNOWN", rawCode: "OF_TOMORROW" },
  { code: "UNEXPECTED" },
];

describe("a failure", () => {
  it.each(failures)("$code is told in words of the page's own", (failure) => {
    const { title, text } = explain(failure);
    expect(title).not.toBe("");
    expect(`${title} ${text}`).not.toContain(base.message);
    expect(`${title} ${text}`).not.toContain("undefined");
  });

  it("names the owner where the page knows them", () => {
    const failure: Failure = { ...base, code: "FORBIDDEN", documentId };
    const owner = "Ada Lovelace";
    expect(explain(failure, { owner }).text).toContain(owner);
    expect(explain(failure).text).toContain("someone else");
  });

  it("says what a role is not enough for, and whom to ask", () => {
    const failure: Failure = { ...base, code: "FORBIDDEN", documentId };
    const [owner, ask] = ["Engines", "Ada Lovelace, who leads Engines"];
    const roles = ["viewer", "editor", "manager", "public"] as const;
    const told = roles.map((role) => explain(failure, { owner, ask, role }));
    expect(new Set(told.map(({ title }) => title)).size).toBe(roles.length);
    for (const { text } of told.slice(0, 3)) expect(text).toContain(ask);
    expect(told[3]!.text).toContain(owner);
  });

  it("rounds a wait up to whole seconds", () => {
    expect(
      explain({ ...base, code: "RATE_LIMITED", retryAfterMs: 1_500 }).text,
    ).toContain("2 s");
  });

  it("is recognised by its data, and anything else is unexpected", () => {
    const data = { ...base, code: "FORBIDDEN", documentId } as const;
    expect(toFailure(new ConvexError(data))).toEqual(data);
    expect(toFailure(new Error("Server Error"))).toEqual({
      code: "UNEXPECTED",
    });
    expect(toFailure(new ConvexError("Nope"))).toEqual({
      code: "UNEXPECTED",
    });
  });

  it("lies at the fields that it names, with numbers that can be read", () => {
    const failure: Failure = {
      ...base,
      code: "VALIDATION_FAILED",
      issues: [
        {
          path: "content",
          message:
            "Content makes the document 300028 bytes long; the limit is 262144.",
        },
        { path: "content", message: "Content is not valid Unicode." },
      ],
    };
    expect(fieldProblem(failure, "content")).toBe(
      "Content makes the document 300,028 bytes long; the limit is 262,144. Content is not valid Unicode.",
    );
    expect(fieldProblem(failure, "title")).toBeUndefined();
    const taken: Failure = { ...base, code: "ALREADY_EXISTS", key: "plan" };
    expect(fieldProblem(taken, "key")).toContain("is taken");
    expect(fieldProblem(taken, "title")).toBeUndefined();
    expect(fieldProblem({ code: "UNEXPECTED" }, "content")).toBeUndefined();
    expect(fieldProblem(null, "content")).toBeUndefined();
  });
});
