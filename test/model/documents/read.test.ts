import { describe, expect, test } from "vitest";
import {
  assertInside,
  listingOf,
  toPublic,
  type Listing,
  type StoredRow,
} from "../../../src/model/documents/read.js";

const row = {
  ownerId: "ada",
  trashed: false,
  isPublic: true,
  status: "published",
} as StoredRow;
const own: Listing = { of: "owner", ownerId: "ada", trashed: false };

describe("a row that a list's range should not have held ends the call", () => {
  test.each<[string, Listing, Partial<StoredRow>]>([
    ["somebody else's", own, { ownerId: "bob" }],
    ["from the trash", own, { trashed: true }],
    ["private", { of: "public" }, { isPublic: false }],
    ["a draft", { of: "public" }, { status: "draft" }],
    ["from the trash, once public", { of: "public" }, { deletedAt: 1 }],
  ])("%s", (_, listing, change) => {
    expect(() => {
      assertInside(listing, row);
    }).not.toThrow();
    expect(() => {
      assertInside(listing, { ...row, ...change });
    }).toThrow(/left its own range/);
  });
});

test("the list of a user is that user's, and one of somebody else is nobody's", () => {
  const ada = { kind: "user", id: "ada" } as const;
  const system = { kind: "system", reason: "report" } as const;
  const asked = { scope: "own", ownerId: "bob" } as const;
  expect(listingOf(ada, { scope: "own" })).toMatchObject({ ownerId: "ada" });
  expect(listingOf(ada, asked)).toEqual({ of: "nobody" });
  expect(listingOf(system, asked)).toMatchObject({ ownerId: "bob" });
});

test("what leaves the component is a list of columns: one that a row comes to have stays inside", () => {
  const stored = {
    ...row,
    _id: "1",
    _creationTime: 1,
    version: 1,
    updatedAt: 1,
    fields: { title: "A" },
    key: undefined,
    searchText: "A",
    sharedWith: "bob",
  } as unknown as StoredRow;
  expect(toPublic(stored)).toStrictEqual({
    _id: "1",
    _creationTime: 1,
    ownerId: "ada",
    status: "published",
    isPublic: true,
    version: 1,
    updatedAt: 1,
    fields: { title: "A" },
  });
});
