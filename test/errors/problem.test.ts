import { ConvexError } from "convex/values";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CODES } from "../../src/errors/codes.js";
import { getDocsError, toProblem } from "../../src/errors/index.js";
import { failure, notFound } from "../../src/shared/failures.js";
import { samples } from "./support/samples.js";

/** What docs/errors.md promises: code → status. */
const documented = new Map(
  [
    ...readFileSync("docs/errors.md", "utf8").matchAll(
      /^\| \[`(\w+)`\]\(#(\w+)\) +\| (\d{3}) +\|/gm,
    ),
  ].map(([, code, anchor, status]) => [
    code,
    { anchor, status: Number(status) },
  ]),
);

describe("toProblem", () => {
  it("is documented for every code", () => {
    expect([...documented.keys()].sort()).toEqual([...CODES].sort());
  });

  it.each(CODES)(
    "has %s's documented status, a type that explains it, and the error itself",
    async (code) => {
      const error = samples[code];
      const response = toProblem(new ConvexError(error));
      expect(response.headers.get("Content-Type")).toBe(
        "application/problem+json",
      );
      expect(response.status).toBe(documented.get(code)?.status);
      const body: unknown = await response.json();
      expect(body).toEqual({
        type: `https://github.com/acme/convex-docs/blob/main/docs/errors.md#${documented.get(code)?.anchor}`,
        title: code,
        status: response.status,
        detail: error.message,
        code,
        data: error,
      });
      expect(getDocsError(body)).toEqual(error);
    },
  );

  it("says in whole seconds, rounded up, when to come back", () => {
    const wait = (retryAfterMs: number) =>
      toProblem(failure("RATE_LIMITED", { retryAfterMs })).headers.get(
        "Retry-After",
      );
    expect([wait(1), wait(1000), wait(1001)]).toEqual(["1", "1", "2"]);
    expect(toProblem(notFound("d1")).headers.has("Retry-After")).toBe(false);
  });

  it.each([
    ["an Error", new Error("MARKER")],
    [
      "a foreign ConvexError",
      new ConvexError({ code: "NOT_FOUND", message: "MARKER" }),
    ],
    ["a string", "MARKER"],
    ["a newer code", { ...notFound("MARKER"), code: "FLUX" }],
    ["nothing", undefined],
  ])("says nothing about %s but that it failed", async (_name, error) => {
    const response = toProblem(error);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("MARKER");
    expect(getDocsError(JSON.parse(text))?.code).toBe("INTERNAL");
  });
});
