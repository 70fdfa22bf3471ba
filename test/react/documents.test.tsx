import { act } from "@testing-library/react";
import { usePaginatedQuery as useHelpersPages } from "convex-helpers/react";
import { usePaginatedQuery as useConvexPages } from "convex/react";
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { pageOptions } from "../../src/host/component.js";
import { useDocuments } from "../../src/react/index.js";
import type { PageRequest } from "../../src/react/pages.js";
import { invalidCursor, unauthorized } from "../../src/shared/failures.js";
import { api, note, type Note } from "./support/api.js";
import { pageOf, type Row } from "./support/list.js";
import { connect } from "./support/render.js";

type Asked = { paginationOpts: PageRequest; status?: Note["status"] };

function start(count: number, options = { pageSize: 3 }) {
  const connected = connect();
  const { server } = connected;
  const rows: Row[] = Array.from({ length: count }, (_, n) => ({
    id: `d${n}`,
    position: 100 - n,
  }));
  server.answer(api.list, ({ paginationOpts }: Asked) => {
    const page = pageOf(rows, paginationOpts);
    return { ...page, page: page.page.map(({ id }) => note(id)) };
  });
  const hook = connected.renderHook(
    (args: { status?: Note["status"] } | "skip") =>
      useDocuments(api.list, args, options),
    {},
  );
  const now = () => hook.result.current;
  const ids = () => now().documents?.map(({ _id }) => _id);
  const more = () =>
    act(() => {
      const state = now();
      if (state.status === "ready") state.loadMore();
    });
  return { ...connected, ...hook, rows, now, ids, more };
}

describe("useDocuments", () => {
  it("is loading, then ready with a page", async () => {
    const { settle, now, ids } = start(5);
    expect(now()).toEqual({ status: "loading" });
    await settle();
    expect(now()).toMatchObject({
      status: "ready",
      hasMore: true,
      isLoadingMore: false,
    });
    expect(ids()).toEqual(["d0", "d1", "d2"]);
  });

  it("is empty when there is nothing", async () => {
    const { settle, now } = start(0);
    await settle();
    expect(now()).toEqual({ status: "empty" });
  });

  it("has a second page, and shows the first until it is there", async () => {
    const { settle, now, ids, more } = start(5);
    await settle();
    more();
    expect(now()).toMatchObject({ status: "ready", isLoadingMore: true });
    expect(ids()).toHaveLength(3);
    await settle();
    expect(now()).toMatchObject({
      status: "ready",
      hasMore: false,
      isLoadingMore: false,
    });
    expect(ids()).toEqual(["d0", "d1", "d2", "d3", "d4"]);
  });

  it("stays whole when rows come and go", async () => {
    const { settle, ids, more, rows } = start(6);
    await settle();
    more();
    await settle();
    rows.push({ id: "new", position: 200 });
    rows.splice(
      rows.findIndex(({ id }) => id === "d2"),
      1,
    );
    await settle();
    expect(ids()).toEqual(["new", "d0", "d1", "d3", "d4", "d5"]);
  });

  it("takes a loadMore that it has handed out before, whatever has been loaded since", async () => {
    const { settle, ids, now } = start(12);
    await settle();
    // As a scroll handler has it that was made once.
    const first = now();
    for (const length of [6, 9, 12, 12]) {
      act(() => {
        if (first.status === "ready") first.loadMore();
      });
      await settle();
      expect(ids()).toHaveLength(length);
    }
    expect(now()).toMatchObject({ hasMore: false, isLoadingMore: false });
  });

  it("loads one page for two calls at once", async () => {
    const { settle, ids, now } = start(12);
    await settle();
    act(() => {
      const state = now();
      if (state.status !== "ready") return;
      state.loadMore();
      state.loadMore();
    });
    expect(now()).toMatchObject({ isLoadingMore: true });
    await settle();
    expect(ids()).toHaveLength(6);
  });

  it("keeps its pages when it is given equal arguments again", async () => {
    const { server, settle, ids, more, rerender } = start(6);
    await settle();
    more();
    await settle();
    rerender({});
    expect(ids()).toHaveLength(6);
    await settle();
    expect(server.subscriptions).toHaveLength(2);
  });

  it("lets go of pages that it does not show any more", async () => {
    const { server, settle, more } = start(6);
    await settle();
    more();
    await settle();
    await settle();
    const asked = server.subscriptions.map(({ args }) => args.paginationOpts);
    expect(asked).toEqual([
      { cursor: null, numItems: 3, endCursor: "98" },
      { cursor: "98", numItems: 3 },
    ]);
  });

  it("has an error as a value, and the documents before it", async () => {
    const { server, settle, now, ids, more, rows } = start(6);
    await settle();
    more();
    await settle();
    server.answer(api.list, ({ paginationOpts }: Asked) => {
      if (paginationOpts.cursor !== null) throw new ConvexError(unauthorized());
      const page = pageOf(rows, paginationOpts);
      return { ...page, page: page.page.map(({ id }) => note(id)) };
    });
    await settle();
    expect(now()).toMatchObject({
      status: "error",
      error: { code: "UNAUTHORIZED" },
    });
    expect(ids()).toEqual(["d0", "d1", "d2"]);
  });

  it("starts over by itself when its cursors are no good any more", async () => {
    const { server, settle, now, ids, more } = start(6);
    await settle();
    more();
    server.answer(api.list, ({ paginationOpts }: Asked) => {
      if (paginationOpts.cursor !== null || paginationOpts.endCursor)
        throw new ConvexError(invalidCursor());
      const page = pageOf([{ id: "fresh", position: 1 }], paginationOpts);
      return { ...page, page: page.page.map(({ id }) => note(id)) };
    });
    await settle();
    await settle();
    expect(now()).toMatchObject({ status: "ready", hasMore: false });
    expect(ids()).toEqual(["fresh"]);
  });

  it("starts over with other arguments, and never shows one list as another", async () => {
    const { server, settle, now, more, rerender } = start(6);
    await settle();
    more();
    await settle();
    rerender({ status: "draft" });
    expect(now()).toEqual({ status: "loading" });
    await settle();
    expect(server.subscriptions).toEqual([
      {
        path: "documents:list",
        args: {
          status: "draft",
          paginationOpts: { cursor: null, numItems: 3 },
        },
      },
    ]);
  });

  it("asks nothing while it is told to wait", async () => {
    const { server, settle, now, rerender } = start(6);
    rerender("skip");
    await settle();
    expect(now()).toEqual({ status: "loading" });
    expect(server.subscriptions).toEqual([]);
  });

  it("asks for 20 at a time unless told otherwise", async () => {
    const { server, renderHook, settle } = connect();
    renderHook(() => useDocuments(api.listPublic, {}), null);
    await settle();
    expect(server.subscriptions[0]?.args).toEqual({
      paginationOpts: { cursor: null, numItems: 20 },
    });
  });
});

describe("other hooks for pages", () => {
  /** A list whose server knows what each page was asked for. */
  function serve() {
    const connected = connect();
    const rows = ["a", "b", "c", "d"].map((id, n) => ({
      id,
      position: 100 - n,
    }));
    const answer = (read: typeof pageOptions) =>
      connected.server.answer(api.list, ({ paginationOpts }: Asked) => {
        const { numItems, cursor, endCursor } = read(paginationOpts);
        const end = endCursor === null ? {} : { endCursor };
        const page = pageOf(rows, { numItems, cursor, ...end });
        return { ...page, page: page.page.map(({ id }) => note(id)) };
      });
    return { ...connected, rows, answer };
  }
  const options = { initialNumItems: 2 };

  it("Convex's own would lose a row without a word, and is refused at its first page", async () => {
    const { answer, rows, renderHook, settle } = serve();
    answer(({ numItems, cursor, endCursor = null }) => ({
      numItems,
      cursor,
      endCursor,
    }));
    const { result, rerender } = renderHook(
      () => useConvexPages(api.list, {}, options),
      null,
    );
    await settle();
    act(() => result.current.loadMore(2));
    await settle();
    rows.push({ id: "new", position: 200 });
    await settle();
    const ids = result.current.results.map(({ _id }) => _id);
    // "b" is on no page.
    expect(ids).toEqual(["new", "a", "c", "d"]);

    answer(pageOptions);
    const refusal = settle().then(() => rerender(null));
    await expect(refusal).rejects.toMatchObject({
      data: { code: "VALIDATION_FAILED" },
    });
  });

  it("that of convex-helpers keeps every row", async () => {
    const { answer, rows, renderHook, settle } = serve();
    answer(pageOptions);
    const { result } = renderHook(
      () => useHelpersPages(api.list, {}, options),
      null,
    );
    await settle();
    act(() => result.current.loadMore(2));
    await settle();
    rows.push({ id: "new", position: 200 });
    await settle();
    await settle();
    const ids = result.current.results.map(({ _id }) => _id);
    expect(ids).toEqual(["new", "a", "b", "c", "d"]);
  });
});
