import { describe, expect, it } from "vitest";
import { changedFields } from "../../src/react/index.js";

describe("the fields that have changed", () => {
  const made = () => ({
    title: "Plan",
    tags: ["a", "b"],
    at: { line: 1n, left: -0 },
    bytes: new Uint8Array([1, 2]).buffer,
  });
  const content = made();

  it("are those whose values differ, however deep", () => {
    expect(changedFields(content, made())).toEqual([]);
    expect(
      changedFields(content, {
        ...content,
        tags: ["a", "c"],
        at: { line: 2n, left: -0 },
        bytes: new Uint8Array([1, 3]).buffer,
      }),
    ).toEqual(["tags", "at", "bytes"]);
    expect(changedFields({ n: 1 }, { n: "1" })).toEqual(["n"]);
  });

  it("are also those that only one of the two has, unless it has no value", () => {
    expect(changedFields({ a: 1, b: undefined }, { c: null })).toEqual([
      "a",
      "c",
    ]);
    expect(changedFields({}, { toString: "own" })).toEqual(["toString"]);
  });

  it("are never a document's own columns", () => {
    const document = {
      ...content,
      _id: "d1",
      _creationTime: 5,
      version: 3,
      status: "draft",
      updatedAt: 6,
      hasDraft: true,
      role: "owner",
    };
    expect(changedFields(content, document)).toEqual([]);
    expect(changedFields(content, { ...document, title: "B" })).toEqual([
      "title",
    ]);
  });
});
