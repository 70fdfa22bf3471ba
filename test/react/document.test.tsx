import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { requestId } from "../../src/errors/index.js";
import { useDocument } from "../../src/react/index.js";
import { unauthorized } from "../../src/shared/failures.js";
import { api, note } from "./support/api.js";
import { connect } from "./support/render.js";

function start(first: { id: string } | "skip") {
  const connected = connect();
  const hook = connected.renderHook(
    (args: { id: string } | "skip") => useDocument(api.get, args),
    first,
  );
  return { ...connected, ...hook, now: () => hook.result.current };
}

describe("useDocument", () => {
  it("is loading, then ready, and live", async () => {
    const { server, settle, now } = start({ id: "d1" });
    expect(now()).toEqual({ status: "loading" });
    server.answer(api.get, () => note("d1"));
    await settle();
    expect(now()).toEqual({ status: "ready", document: note("d1") });
    server.answer(api.get, () => note("d1", { title: "B", version: 2 }));
    await settle();
    expect(now().document?.title).toBe("B");
  });

  it("is missing when there is none to see", async () => {
    const { server, settle, now } = start({ id: "d1" });
    server.answer(api.get, () => null);
    await settle();
    expect(now()).toEqual({ status: "missing" });
  });

  it("has an error of ours as a value, with what Convex threw", async () => {
    const { server, settle, now } = start({ id: "d1" });
    server.answer(api.get, () => {
      throw new ConvexError(unauthorized());
    });
    await settle();
    const state = now();
    expect(state).toMatchObject({ status: "error", error: unauthorized() });
    expect(state.status === "error" && requestId(state.cause)).toBe(
      "0123456789abcdef",
    );
  });

  it("says INTERNAL of what is not ours", async () => {
    const { server, settle, now } = start({ id: "d1" });
    server.answer(api.get, () => {
      throw new Error("bug");
    });
    await settle();
    expect(now()).toMatchObject({
      status: "error",
      error: { code: "INTERNAL" },
    });
  });

  it("recovers by itself when the query does", async () => {
    const { server, settle, now } = start({ id: "d1" });
    server.answer(api.get, () => {
      throw new ConvexError(unauthorized());
    });
    await settle();
    server.answer(api.get, () => note("d1"));
    await settle();
    expect(now().status).toBe("ready");
  });

  it("never shows one document under another's id", async () => {
    const { server, settle, now, rerender } = start({ id: "d1" });
    server.answer(api.get, ({ id }: { id: string }) => note(id));
    await settle();
    rerender({ id: "d2" });
    expect(now()).toEqual({ status: "loading" });
    await settle();
    expect(now().document?._id).toBe("d2");
  });

  it("asks once for arguments that are equal, and keeps its value", async () => {
    const { server, settle, now, rerender } = start({ id: "d1" });
    server.answer(api.get, () => note("d1"));
    await settle();
    const before = now();
    rerender({ id: "d1" });
    expect(now()).toBe(before);
    expect(server.subscriptions).toHaveLength(1);
  });

  it("asks nothing while it is told to wait, and stops asking when it is gone", async () => {
    const { server, settle, now, rerender, unmount } = start("skip");
    await settle();
    expect(now()).toEqual({ status: "loading" });
    expect(server.subscriptions).toEqual([]);
    rerender({ id: "d1" });
    await settle();
    expect(server.subscriptions).toEqual([
      { path: "documents:get", args: { id: "d1" } },
    ]);
    unmount();
    await settle();
    expect(server.subscriptions).toEqual([]);
  });
});
