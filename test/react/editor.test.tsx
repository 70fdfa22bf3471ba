import { act } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  optimisticUpdate,
  storedDraft,
  useDocumentEditor,
} from "../../src/react/index.js";
import { conflict, forbidden, invalidAt } from "../../src/shared/failures.js";
import { api, note, type Note } from "./support/api.js";
import { memory, start } from "./support/editor.js";
import { connect } from "./support/render.js";

describe("useDocumentEditor", () => {
  it("shows the document, and sends nothing while nothing has been changed", async () => {
    const { now, save, server, truth } = await start();
    expect(now()).toMatchObject({
      values: truth.current,
      isDirty: false,
      isPending: false,
      error: null,
      conflict: null,
    });
    save();
    expect(server.calls).toEqual([]);
    expect(await now().save()).toEqual({
      ok: true,
      value: { id: "a", version: 1 },
    });
  });

  it("sends the changed field alone, with the version that it was changed in", async () => {
    const { now, type, save, sent, answer } = await start();
    type({ title: "Mine" });
    expect(now()).toMatchObject({ isDirty: true, values: { title: "Mine" } });
    save();
    expect(sent()).toEqual([{ id: "a", title: "Mine", ifVersion: 1 }]);
    expect(now().isPending).toBe(true);
    await answer();
    expect(now()).toMatchObject({
      isDirty: false,
      isPending: false,
      values: { title: "Mine", version: 2 },
    });
  });

  it("clears an optional field", async () => {
    const { now, type, save, sent, answer } = await start();
    type({ tag: undefined });
    expect("tag" in now().values).toBe(false);
    save();
    expect(sent()).toEqual([{ id: "a", unset: ["tag"], ifVersion: 1 }]);
    await answer();
    expect(now()).toMatchObject({ isDirty: false });
    expect("tag" in now().values).toBe(false);
  });

  it("sends more than was typed when it is told to, once", async () => {
    const { now, type, sent, answer } = await start();
    type({ title: "Mine" });
    act(() => void now().save({ status: "published" }));
    expect(sent()).toEqual([
      { id: "a", title: "Mine", status: "published", ifVersion: 1 },
    ]);
    await answer();
    expect(now().values).toMatchObject({ title: "Mine", status: "published" });
  });

  it("takes over what somebody writes into other fields, and saves on top of it", async () => {
    const { now, type, save, sent, write, settle } = await start();
    type({ title: "Mine" });
    write({ tag: "theirs" });
    await settle();
    expect(now()).toMatchObject({
      conflict: null,
      values: { title: "Mine", tag: "theirs" },
    });
    save();
    expect(sent()).toEqual([{ id: "a", title: "Mine", ifVersion: 2 }]);
  });

  it("overwrites nothing that somebody wrote into the same field, and shows both sides", async () => {
    const { now, type, save, server, write, settle, truth } = await start();
    type({ title: "Mine" });
    write({ title: "Theirs" });
    await settle();
    expect(now()).toMatchObject({
      isDirty: true,
      values: { title: "Mine" },
      conflict: { fields: ["title"], theirs: truth.current },
    });
    save();
    await settle();
    expect(server.calls).toEqual([]);
    expect(now().error).toMatchObject({
      code: "CONFLICT",
      expected: 1,
      actual: 2,
    });
    expect(truth.current.title).toBe("Theirs");
  });

  it("keeps mine when the user says so, and still sends nothing else", async () => {
    const { now, type, save, sent, write, settle, answer, truth } =
      await start();
    type({ title: "Mine" });
    write({ title: "Theirs", tag: "theirs" });
    await settle();
    act(() => now().resolve("mine"));
    expect(now()).toMatchObject({ conflict: null, error: null, isDirty: true });
    save();
    expect(sent()).toEqual([{ id: "a", title: "Mine", ifVersion: 2 }]);
    await answer();
    expect(truth.current).toMatchObject({ title: "Mine", tag: "theirs" });
  });

  it("takes theirs when the user says so, and keeps the other edits", async () => {
    const { now, type, write, settle } = await start();
    type({ title: "Mine", tag: "mine" });
    write({ title: "Theirs" });
    await settle();
    act(() => now().resolve("theirs"));
    expect(now()).toMatchObject({
      conflict: null,
      isDirty: true,
      values: { title: "Theirs", tag: "mine" },
    });
  });

  it("saves again by itself when another field was written first, and says so once it has", async () => {
    const { now, type, sent, write, answer, settle, truth } = await start();
    type({ title: "Mine" });
    let ended: unknown = null;
    act(
      () =>
        void now()
          .save()
          .then((result) => (ended = result)),
    );
    write({ tag: "theirs" });
    // Refused, and the newer document arrives with it.
    await answer();
    await settle();
    expect(ended).toBeNull();
    expect(sent()).toEqual([{ id: "a", title: "Mine", ifVersion: 2 }]);
    await answer();
    expect(ended).toEqual({ ok: true, value: { id: "a", version: 3 } });
    expect(truth.current).toMatchObject({ title: "Mine", tag: "theirs" });
  });

  it("is a conflict when the same field was written first, without the document that shows it", async () => {
    const { now, type, save, sent, write, server, settle } = await start();
    type({ title: "Mine" });
    save();
    write({ title: "Theirs" });
    await settle(() => server.refuse(conflict("a", 1, 2)));
    // The newer document is on its way.
    expect(now()).toMatchObject({ isPending: true, values: { title: "Mine" } });
    await settle();
    expect(now()).toMatchObject({
      isPending: false,
      error: { code: "CONFLICT" },
      conflict: { fields: ["title"] },
      values: { title: "Mine" },
    });
    expect(sent()).toEqual([]);
  });

  it("ends a conflict that has gone away", async () => {
    const { now, type, save, write, settle } = await start();
    type({ title: "Mine" });
    write({ title: "Theirs" });
    await settle();
    save();
    await settle();
    write({ title: "Note a" });
    await settle();
    expect(now()).toMatchObject({ conflict: null, error: null, isDirty: true });
  });

  it.each([
    ["a rule", invalidAt("title", "is too long.")],
    ["a right", forbidden("a")],
    ["a bug", undefined],
  ])("keeps what was typed when %s refuses it", async (_what, data) => {
    const { now, type, server, settle } = await start();
    type({ title: "Mine" });
    const failed = vi.fn();
    act(() => void now().save().catch(failed));
    await settle(() => server.refuse(data));
    expect(now()).toMatchObject({
      isDirty: true,
      isPending: false,
      error: { code: data?.code ?? "INTERNAL" },
      values: { title: "Mine" },
    });
    expect(failed).toHaveBeenCalledTimes(data ? 0 : 1);
    type({ title: "Mine, shorter" });
    expect(now().error).toBeNull();
  });

  it("keeps what is typed during a save, and saves it for the version that the save made", async () => {
    const { now, type, save, sent, answer, truth } = await start();
    type({ title: "1" });
    save();
    type({ title: "12" });
    save();
    expect(sent()).toEqual([{ id: "a", title: "1", ifVersion: 1 }]);
    await answer();
    expect(now()).toMatchObject({ isDirty: true, values: { title: "12" } });
    expect(sent()).toEqual([{ id: "a", title: "12", ifVersion: 2 }]);
    await answer();
    expect(now()).toMatchObject({ isDirty: false, isPending: false });
    expect(truth.current).toMatchObject({ title: "12", version: 3 });
  });

  it("drops what was typed, whether it is being saved or not", async () => {
    const { now, type, save, answer } = await start();
    type({ title: "Mine" });
    act(() => now().discard());
    expect(now()).toMatchObject({
      isDirty: false,
      values: { title: "Note a" },
    });
    type({ title: "Mine" });
    save();
    act(() => now().discard());
    await answer();
    expect(now()).toMatchObject({ isDirty: false, values: { title: "Mine" } });
  });

  it("shows a save at once where it is told how, and takes nothing for saved that is refused", async () => {
    const optimistic = optimisticUpdate({ get: api.get });
    const { now, type, save, server, settle } = await start({ optimistic });
    type({ title: "Mine" });
    save();
    expect(now().values).toMatchObject({ title: "Mine", version: 2 });
    await settle(() => server.refuse(forbidden("a")));
    expect(now()).toMatchObject({
      isDirty: true,
      values: { title: "Mine", version: 1 },
    });
  });

  it("edits another document when it is given another", async () => {
    const { renderHook } = connect();
    const { result, rerender } = renderHook(
      ({ id }: { id: string }) => useDocumentEditor(api.update, note(id)),
      { id: "a" },
    );
    act(() => result.current.change({ title: "Mine" }));
    rerender({ id: "b" });
    expect(result.current).toMatchObject({
      isDirty: false,
      values: { _id: "b", title: "Note b" },
    });
  });
});

describe("what is not saved", () => {
  it("outlives a reload, and is compared with what the document has become", async () => {
    const storage = memory();
    const before = await start({ storage });
    before.type({ title: "Mine", tag: "mine" });
    before.unmount();
    const { now, save, sent, answer } = await start(
      { storage },
      { title: "Theirs", version: 5 },
    );
    expect(now()).toMatchObject({
      isDirty: true,
      values: { title: "Mine", tag: "mine" },
      conflict: { fields: ["title"], theirs: { title: "Theirs" } },
    });
    act(() => now().resolve("mine"));
    save();
    expect(sent()).toEqual([
      { id: "a", title: "Mine", tag: "mine", ifVersion: 5 },
    ]);
    await answer();
    expect(storage.texts.size).toBe(0);
  });

  it("is done when the save went through that the page did not see the end of", async () => {
    const storage = memory();
    const before = await start({ storage });
    before.type({ title: "Mine" });
    before.save();
    before.unmount();
    const { now } = await start({ storage }, { title: "Mine", version: 2 });
    expect(now()).toMatchObject({ isDirty: false, conflict: null });
    expect(storage.texts.size).toBe(0);
  });

  it("can be had when the document is gone", async () => {
    const storage = memory();
    const before = await start({ storage });
    before.type({ title: "Mine", tag: undefined });
    before.unmount();
    const draft = storedDraft<Note>(storage, "a");
    expect(draft?.values).toEqual({ title: "Mine" });
    draft?.discard();
    expect(storedDraft(storage, "a")).toBeNull();
  });

  it("is still there when the page cannot store it", async () => {
    const fails = () => {
      throw new Error("QuotaExceededError");
    };
    const storage = { getItem: fails, setItem: fails, removeItem: fails };
    const { now, type } = await start({ storage });
    type({ title: "Mine" });
    expect(now().values.title).toBe("Mine");
  });
});

describe("autosave", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

  it("saves once, after the last change", async () => {
    const { type, sent } = await start({ autosave: 500 });
    type({ title: "1" });
    pass(400);
    type({ title: "12" });
    pass(400);
    expect(sent()).toEqual([]);
    pass(100);
    expect(sent()).toEqual([{ id: "a", title: "12", ifVersion: 1 }]);
  });

  it("saves what was typed during a save after it", async () => {
    const { type, sent, answer } = await start({ autosave: true });
    type({ title: "1" });
    pass(1000);
    type({ title: "12" });
    pass(5000);
    expect(sent()).toHaveLength(1);
    await answer();
    pass(1000);
    expect(sent()).toEqual([{ id: "a", title: "12", ifVersion: 2 }]);
  });

  it("waits after a refusal until there is something else to save", async () => {
    const { type, sent, server, settle } = await start({ autosave: true });
    type({ title: "1" });
    pass(1000);
    await settle(() => server.refuse(invalidAt("title", "is too short.")));
    pass(20_000);
    expect(sent()).toEqual([]);
    type({ title: "12" });
    pass(1000);
    expect(sent()).toHaveLength(1);
  });

  it("never decides a conflict", async () => {
    const { type, sent, write, settle, unmount } = await start({
      autosave: true,
    });
    type({ title: "Mine" });
    write({ title: "Theirs" });
    await settle();
    pass(20_000);
    act(() => void window.dispatchEvent(new Event("pagehide")));
    unmount();
    expect(sent()).toEqual([]);
  });

  it.each(["pagehide", "visibilitychange"])(
    "does not wait once the page goes away: %s",
    async (event) => {
      const { type, sent } = await start({ autosave: true });
      type({ title: "Mine" });
      act(() => void window.dispatchEvent(new Event(event)));
      expect(sent()).toHaveLength(1);
    },
  );

  it("does not wait once the component goes away", async () => {
    const { type, sent, unmount } = await start({ autosave: true });
    type({ title: "Mine" });
    unmount();
    expect(sent()).toHaveLength(1);
  });

  it("saves nothing by itself unless it is told to", async () => {
    const { type, sent, unmount } = await start();
    type({ title: "Mine" });
    pass(20_000);
    act(() => void window.dispatchEvent(new Event("pagehide")));
    unmount();
    expect(sent()).toEqual([]);
  });
});
