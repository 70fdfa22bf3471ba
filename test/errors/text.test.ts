import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { errorMessage, fieldErrors } from "../../src/errors/index.js";
import { conflict, invalid, notFound } from "../../src/shared/failures.js";

describe("errorMessage", () => {
  const error = new ConvexError(conflict("d1", 1, 4));

  it("is the app's own text for the code, fixed or made of the error", () => {
    expect(errorMessage(error, { CONFLICT: "Neu laden." })).toBe("Neu laden.");
    const made = errorMessage(error, {
      CONFLICT: (d) => `Version ${d.actual}`,
    });
    expect(made).toBe("Version 4");
  });

  it("is the error's own where the app has none for the code", () => {
    const texts = { NOT_FOUND: "Weg.", fallback: "Fehler." };
    expect(errorMessage(error, texts)).toMatch(
      /^The document "d1" is at version 4/,
    );
  });

  it("never shows the message of what is not ours", () => {
    const bug = new Error("password=hunter2");
    expect(errorMessage(bug)).toBe("Something went wrong.");
    expect(errorMessage(bug, { fallback: "Fehler." })).toBe("Fehler.");
    expect(errorMessage(null)).toBe("Something went wrong.");
  });

  it("shows what a newer server says of a code that has no text here", () => {
    const newer = {
      data: { ...notFound("d1"), code: "FLUX", message: "Too much flux." },
    };
    expect(errorMessage(newer)).toBe("Too much flux.");
    expect(errorMessage(newer, { UNKNOWN: (d) => d.rawCode })).toBe("FLUX");
  });
});

describe("fieldErrors", () => {
  it("has the first problem of each field", () => {
    const error = new ConvexError(
      invalid([
        { path: "title", message: "Title is required." },
        {
          path: "tags.0",
          message: "Item 1 of tags must be a string, not a number.",
        },
        { path: "title", message: "Title is too short." },
        { path: "", message: "The document makes no sense." },
      ]),
    );
    expect(fieldErrors(error)).toEqual({
      title: "Title is required.",
      "tags.0": "Item 1 of tags must be a string, not a number.",
      "": "The document makes no sense.",
    });
  });

  it("survives a field called __proto__", () => {
    const problems = fieldErrors(
      invalid([{ path: "__proto__", message: "no." }]),
    );
    expect(Object.entries(problems)).toEqual([["__proto__", "no."]]);
    expect(Object.getPrototypeOf(problems)).toBe(null);
  });

  it.each(["constructor", "toString", "__proto__"])(
    "has no problem of a field called %s unless it is listed",
    (path) => {
      expect(path in fieldErrors(null)).toBe(false);
      expect(path in fieldErrors(invalid([]))).toBe(false);
      const problems = fieldErrors(invalid([{ path, message: "No." }]));
      expect(problems[path]).toBe("No.");
    },
  );

  it.each([
    ["another code", new ConvexError(notFound("d1"))],
    ["what is not ours", new Error("no")],
    ["issues that are none", { data: { ...invalid([]), issues: "no" } }],
    ["an issue that is none", { data: { ...invalid([]), issues: [null] } }],
  ])("is empty for %s", (_name, error) => {
    expect(fieldErrors(error)).toEqual({});
  });
});
