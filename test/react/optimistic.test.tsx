import { act } from "@testing-library/react";
import { usePaginatedQuery as useHelpersPages } from "convex-helpers/react";
import { describe, expect, it } from "vitest";
import {
  optimisticRemove,
  optimisticUpdate,
  useDocsMutation,
  useDocument,
  useDocuments,
} from "../../src/react/index.js";
import { conflict } from "../../src/shared/failures.js";
import { api, note, type Note } from "./support/api.js";
import { connect } from "./support/render.js";

const { get, list, listPublic } = api;
const updating = optimisticUpdate({ get, list, listPublic });
const removing = optimisticRemove({ get, list, listPublic });

/** A page that shows a document, three lists, and convex-helpers' own hook, and may change what it shows. */
async function start() {
  const connected = connect();
  const { server, renderHook, settle } = connected;
  const notes = new Map(
    ["a", "b"].map((id) => [
      id,
      note(id, { tag: "x", status: "published", isPublic: true }),
    ]),
  );
  const page = (keep: (note: Note) => boolean) => ({
    page: [...notes.values()].filter(keep),
    isDone: true,
    continueCursor: "end",
  });
  server.answer(get, ({ id }: { id: string }) => notes.get(id) ?? null);
  server.answer(list, ({ status }: { status?: string }) =>
    page((n) => status === undefined || n.status === status),
  );
  server.answer(listPublic, () =>
    page((n) => n.isPublic && n.status === "published"),
  );
  const { result } = renderHook(
    () => ({
      one: useDocument(get, { id: "a" }),
      all: useDocuments(list, {}),
      published: useDocuments(list, { status: "published" }),
      everybody: useDocuments(listPublic, {}),
      helpers: useHelpersPages(list, {}, { initialNumItems: 10 }),
      update: useDocsMutation(api.update, { optimistic: updating }),
      batchUpdate: useDocsMutation(api.batchUpdate, { optimistic: updating }),
      remove: useDocsMutation(api.remove, { optimistic: removing }),
      batchRemove: useDocsMutation(api.batchRemove, { optimistic: removing }),
    }),
    null,
  );
  await settle();
  await settle();
  const now = () => result.current;
  const titles = () => ({
    one: now().one.document?.title,
    all: now().all.documents?.map(({ title }) => title),
    published: now().published.documents?.map(({ title }) => title),
    everybody: now().everybody.documents?.map(({ title }) => title),
    helpers: now().helpers.results.map(({ title }) => title),
  });
  return { ...connected, notes, now, titles };
}

const before = {
  one: "Note a",
  all: ["Note a", "Note b"],
  published: ["Note a", "Note b"],
  everybody: ["Note a", "Note b"],
  helpers: ["Note a", "Note b"],
};

describe("optimisticUpdate", () => {
  it("shows the change everywhere at once, and what the server says once it has said it", async () => {
    const { server, settle, notes, now, titles } = await start();
    expect(titles()).toEqual(before);
    act(() => void now().update.mutate({ id: "a", title: "Mine" }));
    const mine = ["Mine", "Note b"];
    expect(titles()).toEqual({
      one: "Mine",
      all: mine,
      published: mine,
      everybody: mine,
      helpers: mine,
    });
    notes.set(
      "a",
      note("a", { title: "MINE", version: 2, status: "published" }),
    );
    await settle(() => {
      server.succeed();
      server.push();
    });
    expect(titles().one).toBe("MINE");
  });

  it("is taken back everywhere when the server refuses", async () => {
    const { server, settle, now, titles } = await start();
    act(
      () => void now().update.mutate({ id: "a", title: "Mine", ifVersion: 1 }),
    );
    expect(titles().one).toBe("Mine");
    await settle(() => server.refuse(conflict("a", 1, 2)));
    expect(titles()).toEqual(before);
    expect(now().update.error?.code).toBe("CONFLICT");
  });

  it("shows nothing of the link by which it is made", async () => {
    const { now } = await start();
    const { one } = now();
    const linkToken = "t0k3n";
    act(
      () => void now().update.mutate({ id: "a", title: "Note a", linkToken }),
    );
    expect(now().one.document).toEqual(one.document);
    act(() => void now().update.mutate({ id: "a", title: "Mine", linkToken }));
    expect(now().one.document).toMatchObject({ title: "Mine", version: 2 });
    expect(now().one.document).not.toHaveProperty("linkToken");
  });

  it("counts the version, so that the next edit is of this one", async () => {
    const { now } = await start();
    act(() => void now().update.mutate({ id: "a", title: "1" }));
    expect(now().one.document?.version).toBe(2);
    act(() => void now().update.mutate({ id: "a", title: "2", ifVersion: 2 }));
    expect(now().one.document).toMatchObject({ title: "2", version: 3 });
  });

  it("does not count a change that changes nothing, as the server does not", async () => {
    const { now } = await start();
    const { document } = now().one;
    act(() => void now().update.mutate({ id: "a", title: "Note a" }));
    expect(now().one.document).toBe(document);
  });

  it.each([
    ["unpins what is not pinned", {}, { pinned: false }, 1],
    ["unpins", { pinned: true }, { pinned: false }, 2],
    ["pins", {}, { pinned: true }, 2],
    ["clears no expiry", {}, { expiresAt: null }, 1],
    ["clears an expiry", { expiresAt: 5e12 }, { expiresAt: null }, 2],
    ["sets an expiry", {}, { expiresAt: 5e12 }, 2],
  ])(
    "has the version and the columns that the server will have: %s",
    async (_what, stored, change, version) => {
      const { server, settle, notes, now } = await start();
      notes.set("a", note("a", stored));
      await settle(() => server.push());
      act(() => void now().update.mutate({ id: "a", ...change }));
      expect(now().one.document).toEqual({
        ...note("a", { version, updatedAt: expect.any(Number) as number }),
        ...("pinned" in change && change.pinned ? { pinned: true } : {}),
        ...("expiresAt" in change && change.expiresAt
          ? { expiresAt: change.expiresAt }
          : {}),
      });
    },
  );

  it("does not show what the server is going to refuse", async () => {
    const { now, titles } = await start();
    act(
      () => void now().update.mutate({ id: "a", title: "Mine", ifVersion: 7 }),
    );
    expect(titles()).toEqual(before);
  });

  it("deletes what is unset, and leaves alone what is undefined", async () => {
    const { now } = await start();
    const change = { id: "a", unset: ["tag" as const], title: undefined };
    // As a form may send it; `exactOptionalPropertyTypes` forbids it to ours alone.
    act(() => void now().update.mutate(change as unknown as { id: string }));
    expect(now().one.document).not.toHaveProperty("tag");
    expect(now().one.document?.title).toBe("Note a");
  });

  it("takes a document out of a list that it leaves", async () => {
    const { now, titles } = await start();
    act(() => void now().update.mutate({ id: "a", status: "archived" }));
    expect(titles()).toMatchObject({
      all: ["Note a", "Note b"],
      published: ["Note b"],
      everybody: ["Note b"],
    });
  });

  it("shows a batch", async () => {
    const { now, titles } = await start();
    act(
      () =>
        void now().batchUpdate.mutate({
          ids: ["a", "b", "unseen"],
          updates: { title: "Both" },
        }),
    );
    expect(titles().all).toEqual(["Both", "Both"]);
  });
});

describe("optimisticRemove", () => {
  it("takes a document off the screen at once, and puts it back when the server refuses", async () => {
    const { server, settle, now, titles } = await start();
    act(() => void now().remove.mutate({ id: "a" }));
    expect(now().one.status).toBe("missing");
    expect(titles().all).toEqual(["Note b"]);
    await settle(() => server.refuse(conflict("a", 1, 2)));
    expect(titles()).toEqual(before);
  });

  it("takes a batch off the screen", async () => {
    const { now } = await start();
    act(() => void now().batchRemove.mutate({ ids: ["a", "b"] }));
    expect(now().all.status).toBe("empty");
  });

  it("does not remove what the server is going to refuse to remove", async () => {
    const { now, titles } = await start();
    act(() => void now().remove.mutate({ id: "a", ifVersion: 7 }));
    expect(titles()).toEqual(before);
  });

  it("does no harm where nothing of it is on the screen", async () => {
    const { server, renderHook, settle } = connect();
    const { result } = renderHook(
      () => useDocsMutation(api.remove, { optimistic: optimisticRemove({}) }),
      null,
    );
    act(() => void result.current.mutate({ id: "a" }));
    await settle(() => server.succeed());
    await settle();
    expect(result.current.error).toBeNull();
  });
});

describe("with a working copy", () => {
  const waiting = optimisticUpdate(
    { get, list, listPublic },
    { workingCopy: true },
  );

  it("an edit of a published document leaves what everybody sees alone, and says that it waits", async () => {
    const { server, renderHook, settle } = connect();
    const live = note("a", { tag: "x", status: "published", isPublic: true });
    const page = { page: [live], isDone: true, continueCursor: "end" };
    server.answer(get, () => live);
    server.answer(listPublic, () => page);
    const { result } = renderHook(
      () => ({
        one: useDocument(get, { id: "a" }),
        everybody: useDocuments(listPublic, {}),
        update: useDocsMutation(api.update, { optimistic: waiting }),
      }),
      null,
    );
    await settle();
    await settle();
    const titles = () => ({
      one: result.current.one.document?.title,
      hasDraft: (result.current.one.document as { hasDraft?: boolean })
        .hasDraft,
      everybody: result.current.everybody.documents?.map(({ title }) => title),
    });
    const before = live.title;
    act(() => void result.current.update.mutate({ id: "a", title: "Draft" }));
    expect(titles()).toEqual({
      one: "Draft",
      hasDraft: true,
      everybody: [before],
    });
    act(
      () =>
        void result.current.update.mutate({
          id: "a",
          status: "published",
        }),
    );
    expect(titles()).toMatchObject({ one: "Draft", hasDraft: undefined });
    await settle();
  });
});
