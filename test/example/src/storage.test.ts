import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** A fresh copy of the module, as after a reload. */
async function load() {
  vi.resetModules();
  return await import("../../../example/src/storage.js");
}

/** `sessionStorage` as a browser has it, as far as the page uses it: own keys are the stored ones. */
function fakeStorage(limit = Infinity): Record<string, unknown> {
  const methods = {
    getItem(this: Record<string, string>, key: string) {
      return this[key] ?? null;
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      if (value.length > limit) throw new Error("QuotaExceededError");
      this[key] = value;
    },
    removeItem(this: Record<string, string>, key: string) {
      Reflect.deleteProperty(this, key);
    },
  };
  return Object.create(methods) as Record<string, unknown>;
}

describe("what a tab keeps", () => {
  beforeEach(() => vi.stubGlobal("sessionStorage", fakeStorage()));
  afterEach(() => vi.unstubAllGlobals());

  it("outlives a reload, under keys that can be listed", async () => {
    const before = await load();
    before.writeStored("draft/a", { text: "x" });
    before.writeStored("user", "ada");
    const after = await load();
    expect(after.readStored("draft/a")).toEqual({ text: "x" });
    expect(after.storedKeys("draft/")).toEqual(["draft/a"]);
    after.writeStored("draft/a", null);
    expect(after.readStored("draft/a")).toBeNull();
    expect(after.storedKeys("")).toEqual(["user"]);
  });

  it("keeps its identity between reads, and tells who listens of every change", async () => {
    const { readStored, subscribeStored, writeStored } = await load();
    const listener = vi.fn();
    const stop = subscribeStored(listener);
    writeStored("a", { deep: true });
    expect(readStored("a")).toBe(readStored("a"));
    stop();
    writeStored("a", null);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("is not trusted when it is not JSON", async () => {
    sessionStorage.setItem("convex-docs-example/user", "{");
    expect((await load()).readStored("user")).toBeNull();
  });

  it("is kept in memory where storage is full, or forbidden", async () => {
    vi.stubGlobal("sessionStorage", fakeStorage(3));
    const full = await load();
    full.writeStored("a", "longer");
    expect(full.readStored("a")).toBe("longer");
    expect(full.storedKeys("")).toEqual(["a"]);

    vi.stubGlobal("sessionStorage", undefined);
    const forbidden = await load();
    forbidden.writeStored("a", 1);
    expect(forbidden.readStored("a")).toBe(1);
  });
});
