import type { Preloaded } from "convex/react";
import type { ApiFromModules, FunctionReference } from "convex/server";
import { v } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import { Docs } from "../../src/client/index.js";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import type { AnyDocsError } from "../../src/errors/index.js";
import {
  optimisticRemove,
  optimisticUpdate,
  useDocsMutation,
  useDocument,
  useDocuments,
  useMembers,
  usePreloadedDocuments,
  useSharedDocuments,
} from "../../src/react/index.js";

declare const component: ComponentApi;
const docs = new Docs(component, {
  fields: { title: v.string(), tag: v.optional(v.string()) },
  identify: () => null,
});
const _functions = docs.api();
/** What a host's code generation makes of these functions. */
declare const api: ApiFromModules<{ documents: typeof _functions }>;

describe("useDocsMutation", () => {
  it("takes and returns what the mutation does", () => {
    const { mutate, error } = useDocsMutation(api.documents.update);
    expectTypeOf(error).toEqualTypeOf<AnyDocsError | null>();
    const result = mutate({ id: "d1", title: "x", unset: ["tag"] });
    expectTypeOf(result).resolves.toExtend<
      | { ok: true; value: { id: string; version: number } }
      | { ok: false; error: AnyDocsError }
    >();
    // @ts-expect-error a title is a string
    void mutate({ id: "d1", title: 7 });
    // @ts-expect-error a required field cannot be deleted
    void mutate({ id: "d1", unset: ["title"] });
  });

  it("takes the optimistic update that belongs to it", () => {
    const queries = api.documents;
    useDocsMutation(api.documents.update, {
      optimistic: optimisticUpdate(queries),
    });
    useDocsMutation(api.documents.batchUpdate, {
      optimistic: optimisticUpdate(queries),
    });
    useDocsMutation(api.documents.remove, {
      optimistic: optimisticRemove(queries),
    });
    useDocsMutation(api.documents.batchRemove, {
      optimistic: optimisticRemove(queries),
    });
    useDocsMutation(api.documents.create, {
      // @ts-expect-error a new document has no id to be found by
      optimistic: optimisticRemove(queries),
    });
  });

  it("does not take a query", () => {
    // @ts-expect-error not a mutation
    useDocsMutation(api.documents.get);
  });
});

describe("useDocument", () => {
  it("has the document when it is ready, and an error when it failed", () => {
    const state = useDocument(api.documents.get, { id: "d1" });
    if (state.status === "ready")
      expectTypeOf(state.document.title).toEqualTypeOf<string>();
    if (state.status === "error")
      expectTypeOf(state.error).toEqualTypeOf<AnyDocsError>();
    // @ts-expect-error there may be none
    expectTypeOf(state.document.title);
    // @ts-expect-error an id is needed
    useDocument(api.documents.get, {});
  });
});

describe("usePreloadedDocuments", () => {
  it("has the documents of the preloaded list, and takes nothing else", () => {
    const list = {} as Preloaded<typeof api.documents.list>;
    const { documents } = usePreloadedDocuments(list);
    expectTypeOf(documents?.[0]?.title).toEqualTypeOf<string | undefined>();
    const one = {} as Preloaded<typeof api.documents.get>;
    // @ts-expect-error not a list
    usePreloadedDocuments(one);
  });
});

describe("sharing", () => {
  const shared = new Docs(component, {
    fields: { title: v.string() },
    identify: () => null,
    sharing: true,
  });
  const _shared = shared.api();
  const host = {} as ApiFromModules<{ documents: typeof _shared }>;

  it("has documents with roles, and members with links", () => {
    const state = useSharedDocuments(host.documents.listShared, {});
    const [first] = state.shared ?? [];
    expectTypeOf(first?.document.title).toEqualTypeOf<string | undefined>();
    expectTypeOf(first?.role).toEqualTypeOf<
      "viewer" | "commenter" | "editor" | "manager" | undefined
    >();
    const people = useMembers(host.documents.members, { id: "d1" });
    if (people.status === "ready") {
      expectTypeOf(people.ownerId).toEqualTypeOf<string>();
      expectTypeOf(people.members[0]!.principal).toEqualTypeOf<string>();
      expectTypeOf(people.links[0]!.linkId).toEqualTypeOf<string>();
    }
    // @ts-expect-error nothing is known of them before that
    people.members satisfies unknown;
    // @ts-expect-error of one document
    useMembers(host.documents.members, {});
  });
});

describe("useDocuments", () => {
  it("has the documents and the way to more", () => {
    const state = useDocuments(api.documents.list, { status: "draft" });
    if (state.status === "ready") {
      expectTypeOf(state.documents[0]!.title).toEqualTypeOf<string>();
      state.loadMore();
    }
    useDocuments(api.documents.listPublic, "skip", { pageSize: 5 });
    // @ts-expect-error not a status
    useDocuments(api.documents.list, { status: "gone" });
    useDocuments(api.documents.list, {
      // @ts-expect-error pages are its own business
      paginationOpts: { numItems: 1, cursor: null },
    });
  });

  it("takes any paginated query of the host's", () => {
    const own = {} as FunctionReference<
      "query",
      "public",
      { paginationOpts: { numItems: number; cursor: string | null } },
      { page: { n: number }[]; isDone: boolean; continueCursor: string }
    >;
    const state = useDocuments(own, {});
    expectTypeOf(state.documents).toEqualTypeOf<{ n: number }[] | undefined>();
  });
});
