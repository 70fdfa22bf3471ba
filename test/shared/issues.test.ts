import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assertWholeNumber,
  issue,
  issuesText,
  wholeNumberProblem,
} from "../../src/shared/issues.js";

describe("an issue's message", () => {
  test.each([
    ["title", "Title is required."],
    ["dueDate", "Due date is required."],
    ["due_date", "Due date is required."],
    ["siteURL", "Site URL is required."],
    ["HTMLBody", "HTML body is required."],
    ["v2Name", "V2 name is required."],
    ["tags.0", "Item 1 of tags is required."],
    ["0", "Item 1 is required."],
    ["address.city", "City of address is required."],
    ["items.3.title", "Title of item 4 of items is required."],
    ["a.b.c.d.e", "E of d of c is required."],
    ["straße", "Straße is required."],
    ["", "The document is required."],
  ])("names the value at %j", (path, message) => {
    expect(issue(path, "is required.")).toEqual({ path, message });
  });

  test.each([
    ["<img src=x onerror=alert(1)>", "Img src x onerror alert 1 is odd."],
    ["a\u202Eb\nc\u0000", "A b c is odd."],
    ["$$", "This field is odd."],
    ["\uD83D", "This field is odd."],
    ["99999", "99999 is odd."],
    ["x".repeat(2000), `X${"x".repeat(63)} is odd.`],
  ])("is harmless for the made-up name %j", (path, message) => {
    expect(issue(path, "is odd.").message).toBe(message);
  });

  test("is short and made of letters, digits and spaces, whatever the path", () => {
    const odd = fc.constantFrom(
      ...["a", "B", "7", ".", "_", "$", "ß", "<", '"', "\n", " ", "lı", "ǆ"],
      ...["\u202E", "\uD83D", "😀"],
    );
    const paths = fc.array(odd, { maxLength: 300 });
    fc.assert(
      fc.property(paths, (parts) => {
        const { message } = issue(parts.join(""), "is odd.");
        expect(message.length).toBeLessThan(250);
        expect(message).toMatch(/^[\p{L}\p{M}\p{N} ]+ is odd\.$/u);
      }),
    );
  });
});

test("a text of issues names the value where the message of a schema does not", () => {
  expect(
    issuesText([
      issue("title", "is required."),
      { path: "tags.0", message: "Too small: expected string" },
      { path: "", message: "Ends before it starts!" },
    ]),
  ).toBe(
    "Title is required. Item 1 of tags: Too small: expected string. Ends before it starts!",
  );
});

describe("a whole number in a range", () => {
  test.each([1, 5, 10])("may be %s", (value) => {
    expect(wholeNumberProblem(value, 1, 10)).toBeNull();
    expect(() => assertWholeNumber("size", value, 1, 10)).not.toThrow();
  });

  test.each([0, 11, 1.5, NaN, Infinity, -1, "5", null, undefined, 5n])(
    "is not %s",
    (value) => {
      const problem = "must be a whole number from 1 to 10.";
      expect(wholeNumberProblem(value, 1, 10)).toBe(problem);
      expect(() => assertWholeNumber("size", value, 1, 10)).toThrow(
        `convex-docs: size ${problem}`,
      );
    },
  );

  test("has no upper end where none is named", () => {
    expect(wholeNumberProblem(1e9, 1)).toBeNull();
    expect(wholeNumberProblem(0, 1)).toBe(
      "must be a whole number of at least 1.",
    );
    expect(wholeNumberProblem(Infinity, 1)).not.toBeNull();
  });
});
