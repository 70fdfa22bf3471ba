import { describe, expect, test } from "vitest";
import { statusTimestamps } from "../../src/model/documents/plan.js";
import {
  actorRefusal,
  isVisibleToAll,
  mayRead,
  nameRefusal,
  ownerOf,
  refusalOf,
} from "../../src/shared/access.js";
import type { Actor, Status } from "../../src/shared/documents.js";
import { merge, searchTextOf } from "../../src/shared/fields.js";
import { NEEDS } from "../../src/shared/roles.js";

const owner: Actor = { kind: "user", id: "ada" };
const stranger: Actor = { kind: "user", id: "bob" };
const nobody: Actor = { kind: "anonymous" };
const system: Actor = { kind: "system", reason: "test" };

const statuses: Status[] = ["draft", "published", "archived"];
const documents = statuses.flatMap((status) =>
  [true, false].flatMap((isPublic) =>
    [undefined, 5].map((deletedAt) => ({
      ownerId: "ada",
      status,
      isPublic,
      deletedAt,
    })),
  ),
);

describe.each(documents)(
  "$status, public: $isPublic, in the trash: $deletedAt",
  (document) => {
    const isLive = document.deletedAt === undefined;
    const isOpen =
      isLive && document.isPublic && document.status === "published";

    test("who reads it", () => {
      expect(isVisibleToAll(document)).toBe(isOpen);
      const readers = [owner, stranger, nobody, system].map((actor) =>
        mayRead({ actor }, document),
      );
      expect(readers).toEqual([isLive, isOpen, isOpen, isLive]);
    });

    test.each(["live", "trash"] as const)(
      "who writes it where it is %s",
      (place) => {
        const isThere = isLive === (place === "live");
        const codes = [owner, stranger, nobody, system].map(
          (actor) =>
            refusalOf({ actor }, document, "id", NEEDS.remove, place)?.code ??
            "yes",
        );
        const mine = isThere ? "yes" : "NOT_FOUND";
        const theirs = isThere && isOpen ? "FORBIDDEN" : "NOT_FOUND";
        expect(codes).toEqual([mine, theirs, theirs, mine]);
      },
    );
  },
);

test("an owner named like the system or like nobody is a user like any other", () => {
  const odd = { ...documents[0]!, ownerId: "system" };
  expect(mayRead({ actor: { kind: "user", id: "system" } }, odd)).toBe(true);
  expect(mayRead({ actor: stranger }, odd)).toBe(false);
  expect(mayRead({ actor: nobody }, { ...odd, ownerId: "" })).toBe(false);
});

test("who may write at all", () => {
  expect(actorRefusal(owner)).toBeNull();
  expect(actorRefusal(system)).toBeNull();
  expect(actorRefusal(nobody)?.code).toBe("UNAUTHORIZED");
  for (const id of ["", " \n", "x".repeat(513)]) {
    expect(actorRefusal({ kind: "user", id })?.code).toBe("VALIDATION_FAILED");
  }
});

test("whose documents are meant: a user's own unless said otherwise, with no role in another's; the system's as it says", () => {
  expect(ownerOf(owner, undefined)).toMatchObject({ ownerId: "ada" });
  expect(ownerOf(owner, "bob")).toEqual({ ownerId: "bob", role: null });
  expect(ownerOf(system, "bob")).toMatchObject({ ownerId: "bob" });
  expect(ownerOf(system, undefined).refusal?.code).toBe("VALIDATION_FAILED");
  expect(ownerOf(nobody, "bob").refusal?.code).toBe("UNAUTHORIZED");
});

test("a name's refusal says what is wrong and not what it was", () => {
  expect(nameRefusal("key", "k", 1)).toBeNull();
  expect(nameRefusal("key", "secret", 5)).toMatchObject({
    issues: [{ path: "key", message: "Key has 6 characters; the limit is 5." }],
  });
});

test("merging keeps what is absent, and unset has the last word", () => {
  const stored = { a: 1, b: 2, c: 3 };
  expect(merge(stored, { a: 9 }, ["b"])).toEqual({ a: 9, c: 3 });
  expect(merge(stored, { b: 9 }, ["b"])).toEqual({ a: 1, c: 3 });
  expect(stored).toEqual({ a: 1, b: 2, c: 3 });
});

test("the text to be found is that of the searched fields, in their order", () => {
  const rules = {
    shape: { kind: "object" as const, fields: {} },
    maxBytes: 1,
  };
  const fields = { a: "one", b: 5, c: "two" };
  expect(searchTextOf({ ...rules, search: [] }, fields)).toBeUndefined();
  expect(searchTextOf({ ...rules, search: ["c", "a", "b"] }, fields)).toBe(
    "two\none",
  );
});

test("a text cut to be found is cut between characters", () => {
  const rules = {
    shape: { kind: "object" as const, fields: {} },
    maxBytes: 1,
    search: ["a"],
  };
  const text = searchTextOf(rules, { a: `x${"🙂".repeat(20_000)}` });
  expect(text).not.toMatch(/\p{Surrogate}/u);
});

test("a status comes with its time", () => {
  expect(statusTimestamps("draft", 7)).toEqual({ status: "draft" });
  expect(statusTimestamps("published", 7)).toEqual({
    status: "published",
    publishedAt: 7,
  });
  expect(statusTimestamps("archived", 7)).toEqual({
    status: "archived",
    archivedAt: 7,
  });
});
