import { getFunctionName, type FunctionReference } from "convex/server";
import type { OptimisticLocalStore } from "convex/browser";
import { describe, expect, it } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import type { AppDocument } from "../../../example/src/lib/document.js";
import {
  showRemoval,
  showUpdate,
} from "../../../example/src/lib/optimistic.js";

type Query = FunctionReference<"query">;

/** The part of Convex's local store that an optimistic update uses: query results by function and arguments. */
class Store {
  readonly #results = new Map<
    string,
    { query: Query; args: object; value: unknown }
  >();
  readonly asStore = this as unknown as OptimisticLocalStore;

  getQuery(query: Query, args: object = {}): unknown {
    return this.#results.get(key(query, args))?.value;
  }

  getAllQueries(query: Query): unknown[] {
    return [...this.#results.values()].filter(
      (result) => getFunctionName(result.query) === getFunctionName(query),
    );
  }

  setQuery(query: Query, args: object, value: unknown): void {
    this.#results.set(key(query, args), { query, args, value });
  }
}

function key(query: Query, args: object): string {
  return `${getFunctionName(query)} ${JSON.stringify(args)}`;
}

function document(change: Partial<AppDocument> = {}): AppDocument {
  return {
    _id: "a",
    _creationTime: 0,
    createdAt: 0,
    updatedAt: 0,
    ownerId: "ada",
    status: "published",
    isPublic: true,
    version: 1,
    title: "Plan",
    content: "",
    ...change,
  };
}

const paginationOpts = { numItems: 20, cursor: null };
const LISTS = {
  all: [api.documents.list, { paginationOpts }],
  published: [api.documents.list, { status: "published", paginationOpts }],
  public: [api.documents.listPublic, { paginationOpts }],
} as const satisfies Record<string, [Query, object]>;

function seed(): { store: Store; titles: () => Record<string, string[]> } {
  const store = new Store();
  store.setQuery(api.documents.get, { id: "a" }, document());
  for (const [query, args] of Object.values(LISTS)) {
    const page = [document(), document({ _id: "b", title: "Other" })];
    store.setQuery(query, args, { page, isDone: true, continueCursor: "" });
  }
  // Still loading: there is nothing to change in it.
  store.setQuery(
    api.documents.list,
    { status: "draft", paginationOpts },
    undefined,
  );
  const titles = () =>
    Object.fromEntries(
      Object.entries(LISTS).map(([name, [query, args]]) => {
        const { page } = store.getQuery(query, args) as { page: AppDocument[] };
        return [name, page.map(({ title }) => title)];
      }),
    );
  return { store, titles };
}

describe("before the server has answered", () => {
  it("a change shows on the page of the document and in every list", () => {
    const { store, titles } = seed();
    showUpdate(store.asStore, { id: "a", title: "Plan B", ifVersion: 1 });
    expect(store.getQuery(api.documents.get, { id: "a" })).toEqual(
      document({ title: "Plan B" }),
    );
    const changed = ["Plan B", "Other"];
    expect(titles()).toEqual({
      all: changed,
      published: changed,
      public: changed,
    });
  });

  it("a document leaves the lists it no longer belongs to", () => {
    const unpublished = seed();
    showUpdate(unpublished.store.asStore, { id: "a", status: "draft" });
    expect(unpublished.titles()).toEqual({
      all: ["Plan", "Other"],
      published: ["Other"],
      public: ["Other"],
    });
    const hidden = seed();
    showUpdate(hidden.store.asStore, { id: "a", isPublic: false });
    expect(hidden.titles()).toEqual({
      all: ["Plan", "Other"],
      published: ["Plan", "Other"],
      public: ["Other"],
    });
  });

  it("a removed field is gone", () => {
    const { store } = seed();
    store.setQuery(
      api.documents.get,
      { id: "a" },
      document({ summary: "Old" }),
    );
    showUpdate(store.asStore, { id: "a", unset: ["summary"] });
    expect(store.getQuery(api.documents.get, { id: "a" })).toEqual(document());
  });

  it("a removed document is gone from every list", () => {
    const { store, titles } = seed();
    showRemoval(store.asStore, { id: "a" });
    expect(titles()).toEqual({
      all: ["Other"],
      published: ["Other"],
      public: ["Other"],
    });
  });
});
