/** A list whose first page a server component has loaded with Convex's own `preloadQuery`. */
import { act } from "@testing-library/react";
import { preloadQuery } from "convex/nextjs";
import { ConvexError, convexToJson } from "convex/values";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { usePreloadedDocuments } from "../../src/react/index.js";
import type { PageRequest } from "../../src/react/pages.js";
import { invalidCursor, unauthorized } from "../../src/shared/failures.js";
import { api, note, type Note } from "./support/api.js";
import { pageOf, type Row } from "./support/list.js";
import { connect } from "./support/render.js";

type Status = Note["status"];
type Asked = { paginationOpts: PageRequest; status?: Status };
type Preloaded = Awaited<ReturnType<typeof preload>>;

/** The rows that the server has. */
let rows: Row[] = [];
function answer({ paginationOpts }: Asked) {
  const page = pageOf(rows, paginationOpts);
  return { ...page, page: page.page.map(({ id }) => note(id)) };
}

beforeEach(() => {
  rows = Array.from({ length: 8 }, (_, n) => ({
    id: `d${n}`,
    position: 100 - n,
  }));
  // What a server component asks over HTTP.
  vi.stubGlobal("fetch", (_url: string, { body }: { body: string }) => {
    const { args } = JSON.parse(body) as { args: [Asked] };
    const value = convexToJson(answer(args[0]));
    const text = JSON.stringify({ status: "success", value, logLines: [] });
    return Promise.resolve(new Response(text));
  });
});
afterEach(() => void vi.unstubAllGlobals());

/** As it arrives in the client component: through JSON. */
async function preload(status?: Status) {
  const preloaded = await preloadQuery(
    api.list,
    {
      paginationOpts: { cursor: null, numItems: 3 },
      ...(status && { status }),
    },
    { url: "https://server.example" },
  );
  return JSON.parse(JSON.stringify(preloaded)) as typeof preloaded;
}

async function start(status?: Status) {
  const connected = connect();
  connected.server.answer(api.list, answer);
  const hook = connected.renderHook(
    (preloaded: Preloaded) => usePreloadedDocuments(preloaded),
    await preload(status),
  );
  const now = () => hook.result.current;
  return {
    ...connected,
    ...hook,
    now,
    ids: () => now().documents?.map(({ _id }) => _id),
    more: () =>
      act(() => {
        const state = now();
        if (state.status === "ready") state.loadMore();
      }),
    asked: () =>
      connected.server.subscriptions.map(({ args }) => args["paginationOpts"]),
  };
}

describe("usePreloadedDocuments", () => {
  it("is ready at the first render, before anything has arrived", async () => {
    const { now, ids } = await start();
    expect(now()).toMatchObject({
      status: "ready",
      hasMore: true,
      isLoadingMore: false,
    });
    expect(ids()).toEqual(["d0", "d1", "d2"]);
  });

  it("is ready on the server, whose page the client then takes over", async () => {
    const { wrapper: Provider } = connect();
    const preloaded = await preload();
    function List() {
      const { documents = [] } = usePreloadedDocuments(preloaded);
      return documents.map(({ _id }) => _id).join();
    }
    const html = renderToString(
      <Provider>
        <List />
      </Provider>,
    );
    expect(html).toBe("d0,d1,d2");
  });

  it("is empty where there is nothing", async () => {
    rows = [];
    const { now } = await start();
    expect(now()).toEqual({ status: "empty" });
  });

  it("is live from then on", async () => {
    const { settle, ids } = await start();
    rows.push({ id: "new", position: 200 });
    await settle();
    expect(ids()).toEqual(["new", "d0", "d1"]);
  });

  it("asks for what was preloaded and no more", async () => {
    const { settle, server } = await start("draft");
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

  it("loads more, before the live page is there and after", async () => {
    const { settle, ids, more, now, asked } = await start();
    more();
    expect(now()).toMatchObject({ status: "ready", isLoadingMore: true });
    expect(ids()).toEqual(["d0", "d1", "d2"]);
    await settle();
    expect(ids()).toHaveLength(6);
    more();
    await settle();
    await settle();
    expect(ids()).toHaveLength(8);
    expect(now()).toMatchObject({ hasMore: false });
    expect(asked()).toHaveLength(3);
  });

  it("has no gap and no row twice when rows were written since", async () => {
    const { settle, ids, more } = await start();
    rows.push({ id: "new", position: 99.5 });
    rows = rows.filter(({ id }) => id !== "d2");
    more();
    await settle();
    expect(ids()).toEqual(["d0", "new", "d1", "d3", "d4", "d5"]);
  });

  it("has an error as a value once the live page has failed", async () => {
    const { settle, now, server } = await start();
    server.answer(api.list, () => {
      throw new ConvexError(unauthorized());
    });
    await settle();
    expect(now()).toEqual({
      status: "error",
      error: expect.objectContaining({ code: "UNAUTHORIZED" }) as unknown,
      cause: expect.any(ConvexError) as unknown,
      documents: [],
    });
  });

  it("does not show the preloaded page again when it starts over", async () => {
    const { settle, now, ids, more, server } = await start();
    await settle();
    more();
    server.answer(api.list, ({ paginationOpts }: Asked) => {
      if (paginationOpts.cursor !== null || paginationOpts.endCursor)
        throw new ConvexError(invalidCursor());
      return { ...pageOf([], paginationOpts), page: [note("fresh")] };
    });
    await settle();
    expect(ids() ?? []).not.toContain("d0");
    await settle();
    expect(now()).toMatchObject({ status: "ready", hasMore: false });
    expect(ids()).toEqual(["fresh"]);
  });

  it("keeps what is live when the server component runs again", async () => {
    const { settle, ids, rerender, more, asked } = await start();
    const before = await preload();
    await settle();
    more();
    await settle();
    await settle();
    rows.push({ id: "new", position: 200 });
    await settle();
    rerender(before);
    expect(ids()).toEqual(["new", "d0", "d1", "d2", "d3", "d4", "d5"]);
    expect(asked()).toHaveLength(2);
  });

  it("is another list with other arguments, from its own preloaded page", async () => {
    const { settle, ids, rerender, server } = await start();
    await settle();
    rows = [{ id: "archived", position: 1 }];
    rerender(await preload("archived"));
    expect(ids()).toEqual(["archived"]);
    await settle();
    expect(server.subscriptions).toMatchObject([
      { args: { status: "archived" } },
    ]);
  });
});
