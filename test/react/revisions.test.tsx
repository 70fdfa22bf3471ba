import { act } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useRevisions } from "../../src/react/index.js";
import type { PageRequest } from "../../src/react/pages.js";
import { unauthorized } from "../../src/shared/failures.js";
import { ConvexError } from "convex/values";
import { api, note } from "./support/api.js";
import { pageOf, type Row } from "./support/list.js";
import { connect } from "./support/render.js";

type Asked = { paginationOpts: PageRequest };

function start(count: number, args: object | "skip" = {}) {
  const connected = connect();
  const rows: Row[] = Array.from({ length: count }, (_, n) => ({
    id: `r${n}`,
    position: 100 - n,
  }));
  connected.server.answer(api.list, ({ paginationOpts }: Asked) => {
    const page = pageOf(rows, paginationOpts);
    return { ...page, page: page.page.map(({ id }) => note(id)) };
  });
  const hook = connected.renderHook(
    (given: object | "skip") => useRevisions(api.list, given, { pageSize: 2 }),
    args,
  );
  return { ...connected, now: () => hook.result.current };
}

describe("useRevisions", () => {
  it("is loading, then ready, the newest first, and loads more", async () => {
    const { settle, now } = start(5);
    expect(now()).toEqual({ status: "loading" });
    await settle();
    const ids = () => now().revisions?.map(({ _id }) => _id);
    expect(now()).toMatchObject({ status: "ready", hasMore: true });
    expect(now()).not.toHaveProperty("documents");
    expect(ids()).toEqual(["r0", "r1"]);
    act(() => {
      const state = now();
      if (state.status === "ready") state.loadMore(3);
    });
    await settle();
    expect(ids()).toEqual(["r0", "r1", "r2", "r3", "r4"]);
  });

  it("is missing where there is no page: every document has a present content", async () => {
    const { settle, now } = start(0);
    await settle();
    expect(now()).toEqual({ status: "missing" });
  });

  it("is loading while its arguments are not known", async () => {
    const { settle, now } = start(3, "skip");
    await settle();
    expect(now()).toEqual({ status: "loading" });
  });

  it("shows an error as one, and does not throw", async () => {
    const { server, settle, now } = start(3);
    server.answer(api.list, () => {
      throw new ConvexError(unauthorized());
    });
    await settle();
    expect(now()).toMatchObject({
      status: "error",
      error: { code: "UNAUTHORIZED" },
      revisions: [],
    });
  });
});
