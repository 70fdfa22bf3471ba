import { act } from "@testing-library/react";
import { makeFunctionReference, type PaginationResult } from "convex/server";
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import type { Members, SharedDocument } from "../../src/client/index.js";
import { useMembers, useSharedDocuments } from "../../src/react/index.js";
import type { PageRequest } from "../../src/react/pages.js";
import {
  forbidden,
  notFound,
  unauthorized,
} from "../../src/shared/failures.js";
import { note } from "./support/api.js";
import { pageOf, type Row } from "./support/list.js";
import { connect } from "./support/render.js";

const listShared = makeFunctionReference<
  "query",
  { paginationOpts: PageRequest & { id?: number } },
  PaginationResult<Pick<SharedDocument<never>, "role" | "sharedAt">>
>("documents:listShared");
const members = makeFunctionReference<"query", { id: string }, Members>(
  "documents:members",
);

describe("useSharedDocuments", () => {
  function start(count: number) {
    const connected = connect();
    const rows: Row[] = Array.from({ length: count }, (_, n) => ({
      id: `d${n}`,
      position: 100 - n,
    }));
    connected.server.answer(listShared, ({ paginationOpts }) => {
      const page = pageOf(rows, paginationOpts);
      const shared = page.page.map(({ id }) => ({
        document: note(id),
        role: "editor" as const,
        sharedAt: 1,
      }));
      return { ...page, page: shared };
    });
    const hook = connected.renderHook(
      (args: object | "skip") =>
        useSharedDocuments(listShared, args, { pageSize: 2 }),
      {},
    );
    return { ...connected, ...hook, rows, now: () => hook.result.current };
  }

  it("is loading, then ready, loads more, and is live", async () => {
    const { settle, now, rows } = start(3);
    expect(now()).toEqual({ status: "loading" });
    await settle();
    expect(now()).toMatchObject({ status: "ready", hasMore: true });
    expect(now()).not.toHaveProperty("documents");
    expect(now().shared).toHaveLength(2);
    act(() => {
      const state = now();
      if (state.status === "ready") state.loadMore();
    });
    await settle();
    expect(now().shared).toMatchObject([
      { document: { _id: "d0" }, role: "editor" },
      { document: { _id: "d1" } },
      { document: { _id: "d2" } },
    ]);
    rows.splice(0, 3);
    await settle();
    expect(now()).toEqual({ status: "empty" });
  });

  it("is loading while its arguments are not known, and empty where nothing is shared", async () => {
    const { settle, now, rerender } = start(0);
    rerender("skip");
    expect(now()).toEqual({ status: "loading" });
    rerender({});
    await settle();
    expect(now()).toEqual({ status: "empty" });
  });

  it("shows an error as one, and does not throw", async () => {
    const { server, settle, now } = start(3);
    server.answer(listShared, () => {
      throw new ConvexError(unauthorized());
    });
    await settle();
    expect(now()).toMatchObject({
      status: "error",
      error: { code: "UNAUTHORIZED" },
      shared: [],
    });
  });
});

describe("useMembers", () => {
  const found: Members = {
    ownerId: "ada",
    members: [{ principal: "bob", role: "viewer", grantedAt: 1 }],
    links: [],
  };
  function start(first: { id: string } | "skip" = { id: "d1" }) {
    const connected = connect();
    connected.server.answer(members, () => found);
    const hook = connected.renderHook(
      (args: { id: string } | "skip") => useMembers(members, args),
      first,
    );
    return { ...connected, ...hook, now: () => hook.result.current };
  }

  it("is loading, then ready, and the same until something changes", async () => {
    const { settle, now, rerender } = start();
    expect(now()).toEqual({ status: "loading" });
    await settle();
    const first = now();
    expect(first).toEqual({ status: "ready", ...found });
    rerender({ id: "d1" });
    expect(now()).toBe(first);
    rerender("skip");
    expect(now()).toEqual({ status: "loading" });
  });

  it("is forbidden, and then missing, where a role goes while it is open", async () => {
    const { server, settle, now } = start();
    await settle();
    server.answer(members, () => {
      throw new ConvexError(forbidden("d1"));
    });
    await settle();
    expect(now()).toEqual({ status: "forbidden" });
    server.answer(members, () => {
      throw new ConvexError(notFound("d1"));
    });
    await settle();
    expect(now()).toEqual({ status: "missing" });
  });

  it("shows any other error as one, and does not throw", async () => {
    const { server, settle, now } = start();
    server.answer(members, () => {
      throw new ConvexError(unauthorized());
    });
    await settle();
    expect(now()).toMatchObject({
      status: "error",
      error: { code: "UNAUTHORIZED" },
    });
  });
});
