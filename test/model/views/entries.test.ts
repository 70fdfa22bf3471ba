import * as fc from "fast-check";
import { compareValues } from "convex/values";
import { describe, expect, it } from "vitest";
import { entriesOf, type Source } from "../../../src/model/views/entries.js";
import { keysOf, type KeptView } from "../../../src/shared/views.js";

const row = (given: Partial<Source> = {}): Source => ({
  ownerId: "ada",
  status: "draft",
  isPublic: false,
  _creationTime: 5.5,
  fields: { title: "Plan", tags: ["b", "a", "b"] },
  ...given,
});
const view = (given: Partial<KeptView>): KeptView => ({
  id: "view.1",
  name: "view",
  by: ["title"],
  ...given,
});

describe("the entries of a document", () => {
  it("hold what it is found by, and when it was made", () => {
    expect(entriesOf([view({})], row())).toEqual([
      { view: "view.1", scope: "own:ada", key: ["Plan", 5.5] },
    ]);
  });

  it("are one for each different element", () => {
    const byTag = view({ each: "tags", by: ["updatedAt"] });
    expect(keysOf(byTag, row())).toEqual([
      ["b", null, 5.5],
      ["a", null, 5.5],
    ]);
    const odd = { tags: [NaN, "", -0, 0] };
    expect(keysOf(byTag, row({ fields: odd })).map(([first]) => first)).toEqual(
      ["", 0],
    );
    for (const fields of [{}, { tags: "a" }, { tags: null }]) {
      expect(keysOf(byTag, row({ fields }))).toEqual([]);
    }
  });

  it("are public only in public views, of what is public and published", () => {
    const views = [view({ public: true }), view({ id: "own.2" })];
    const scopes = (given: Partial<Source>) =>
      entriesOf(views, row(given)).map(
        (entry) => `${entry.view} ${entry.scope}`,
      );
    expect(scopes({ isPublic: true, status: "published" })).toEqual([
      "view.1 own:ada",
      "view.1 public",
      "own.2 own:ada",
    ]);
    expect(scopes({ isPublic: true })).toEqual([
      "view.1 own:ada",
      "own.2 own:ada",
    ]);
    expect(scopes({ status: "published" })).toHaveLength(2);
  });

  it("are none in the trash, and none of what is gone", () => {
    const everything = row({
      isPublic: true,
      status: "published",
      deletedAt: 1,
    });
    expect(entriesOf([view({ public: true })], everything)).toEqual([]);
    expect(entriesOf([view({})], null)).toEqual([]);
  });

  it("go by columns of ours, and by whole milliseconds of creation", () => {
    const byUs = view({
      by: ["status", "ownerId", "createdAt", "publishedAt"],
    });
    expect(keysOf(byUs, row({ createdAt: 9.25 }))).toEqual([
      ["draft", "ada", 9, null, 9.25],
    ]);
  });

  it("take no field from a prototype", () => {
    expect(keysOf(view({ by: ["constructor"] }), row())).toEqual([[null, 5.5]]);
  });

  it("are in the order of the documents' values, ties by creation", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(3))),
        (made) => {
          const rows = made.map(([title, createdAt]) =>
            row({ createdAt, fields: { title } }),
          );
          const byKey = rows
            .map((one) => keysOf(view({}), one)[0]!)
            .sort((a, b) => compareValues(a, b));
          const byValue = [...made].sort(([a, m], [b, n]) =>
            a < b ? -1 : a > b ? 1 : m - n,
          );
          expect(byKey).toEqual(byValue);
        },
      ),
    );
  });
});
