/**
 * `useDocumentEditor` on a document whose edits wait until they are published, while others publish and discard.
 */
import { act } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { optimisticUpdate } from "../../src/react/index.js";
import { forbidden } from "../../src/shared/failures.js";
import { api } from "./support/api.js";
import { start } from "./support/editor.js";

const AHEAD = {
  title: "Draft",
  status: "published",
  isPublic: true,
  hasDraft: true,
} as const;
const open = (options: Parameters<typeof start>[0] = {}) =>
  start(options, AHEAD, { workingCopy: true });

/** What another window leaves when it publishes or discards: the mark is gone. */
const settled = { hasDraft: undefined } as unknown as Partial<typeof AHEAD>;

describe("a document with unpublished changes", () => {
  it("is published with what was typed, in one call", async () => {
    const { now, type, sent, answer } = await open();
    type({ title: "Mine" });
    expect(now().values).toMatchObject({ title: "Mine", hasDraft: true });
    act(() => void now().save({ status: "published" }));
    expect(sent()).toEqual([
      { id: "a", title: "Mine", status: "published", ifVersion: 1 },
    ]);
    await answer();
    expect(now()).toMatchObject({ isDirty: false, values: { title: "Mine" } });
    expect(now().values).not.toHaveProperty("hasDraft");
  });

  it("is published with nothing typed, although its status stays what it is", async () => {
    const { now, sent, answer } = await open();
    act(() => void now().save({ status: "published" }));
    expect(sent()).toEqual([{ id: "a", status: "published", ifVersion: 1 }]);
    await answer();
    expect(now().values).toMatchObject({ title: "Draft", version: 2 });
    expect(now().values).not.toHaveProperty("hasDraft");
  });

  it("is still ahead after a save that does not publish, and after what was typed is dropped", async () => {
    const { now, type, save, sent, answer } = await open();
    type({ title: "Mine" });
    act(() => now().discard());
    expect(now()).toMatchObject({
      isDirty: false,
      values: { title: "Draft", hasDraft: true },
    });
    type({ title: "Again" });
    save();
    expect(sent()).toEqual([{ id: "a", title: "Again", ifVersion: 1 }]);
    await answer();
    expect(now().values).toMatchObject({ title: "Again", hasDraft: true });
  });

  it("that another window discards is a conflict where one has typed, and nothing is published", async () => {
    const { now, type, write, settle, sent } = await open();
    type({ title: "Mine" });
    write({ title: "Live", tag: "live", ...settled });
    await settle();
    expect(now()).toMatchObject({
      values: { title: "Mine", tag: "live" },
      conflict: { fields: ["title"], theirs: { title: "Live" } },
    });
    act(() => void now().save({ status: "published" }));
    await settle();
    expect(sent()).toEqual([]);
    expect(now().error).toMatchObject({ code: "CONFLICT" });
    act(() => now().resolve("theirs"));
    expect(now()).toMatchObject({
      conflict: null,
      isDirty: false,
      values: { title: "Live", tag: "live", version: 2 },
    });
    expect(now().values).not.toHaveProperty("hasDraft");
  });

  it("that another window discards goes on with what was typed if one says so, as an edit that waits again", async () => {
    const { now, type, save, write, settle, sent, answer } = await open();
    type({ title: "Mine" });
    write({ title: "Live", ...settled });
    await settle();
    act(() => now().resolve("mine"));
    save();
    expect(sent()).toEqual([{ id: "a", title: "Mine", ifVersion: 2 }]);
    await answer();
    expect(now().values).toMatchObject({ title: "Mine", hasDraft: true });
  });

  it("that another window publishes is no conflict: what was typed is an edit of what is published now", async () => {
    const { now, type, save, write, settle, sent, answer } = await open();
    type({ title: "Mine" });
    write(settled);
    await settle();
    expect(now()).toMatchObject({ conflict: null, isDirty: true });
    save();
    expect(sent()).toEqual([{ id: "a", title: "Mine", ifVersion: 2 }]);
    await answer();
    expect(now().values).toMatchObject({ title: "Mine", hasDraft: true });
  });

  it("that another window edits while it is being published is published with that edit, once it is seen", async () => {
    const { now, type, write, sent, answer } = await open();
    type({ title: "Mine" });
    act(() => void now().save({ status: "published" }));
    write({ tag: "theirs" });
    await answer();
    expect(sent()).toEqual([
      { id: "a", title: "Mine", status: "published", ifVersion: 2 },
    ]);
    await answer();
    expect(now().values).toMatchObject({ title: "Mine", tag: "theirs" });
    expect(now().values).not.toHaveProperty("hasDraft");
  });

  it("shows at once that it is published, and is ahead again with what was typed when that is refused", async () => {
    const optimistic = optimisticUpdate(
      { get: api.get },
      { workingCopy: true },
    );
    const { now, type, settle, server } = await open({ optimistic });
    type({ title: "Mine" });
    act(() => void now().save({ status: "published" }));
    await settle(() => undefined);
    expect(now().values).not.toHaveProperty("hasDraft");
    await settle(() => server.refuse(forbidden("a")));
    expect(now()).toMatchObject({
      isDirty: true,
      error: { code: "FORBIDDEN" },
      values: { title: "Mine", hasDraft: true },
    });
  });
});
