import {
  act,
  fireEvent,
  render as renderAlone,
  screen,
} from "@testing-library/react";
import { Activity } from "react";
import { describe, expect, it, vi } from "vitest";
import { useDocsAction, useDocsMutation } from "../../src/react/index.js";
import { conflict, notFound } from "../../src/shared/failures.js";
import { api } from "./support/api.js";
import { connect } from "./support/render.js";

function start() {
  const connected = connect();
  const hook = connected.renderHook(() => useDocsMutation(api.update), null);
  const { result } = hook;
  /** Calls, and keeps what becomes of it. */
  const call = (title: string) => {
    let outcome: Promise<unknown> = Promise.resolve();
    act(() => {
      outcome = result.current
        .mutate({ id: "d1", title })
        .catch((bug: unknown) => ({ bug }));
    });
    return outcome;
  };
  return { ...connected, ...hook, call, now: () => result.current };
}

describe("useDocsMutation", () => {
  it("is idle, then pending, then done, and resolves to the value", async () => {
    const { server, call, now, settle } = start();
    expect(now()).toMatchObject({ error: null, isPending: false });
    const outcome = call("A");
    expect(now()).toMatchObject({ error: null, isPending: true });
    await settle(() => server.succeed({ id: "d1", version: 2 }));
    await settle();
    expect(now()).toMatchObject({ error: null, isPending: false });
    expect(await outcome).toEqual({
      ok: true,
      value: { id: "d1", version: 2 },
    });
  });

  it("has our error as state, and resolves to it", async () => {
    const { server, call, now, settle } = start();
    const outcome = call("A");
    await settle(() => server.refuse(conflict("d1", 1, 4)));
    expect(now()).toMatchObject({
      error: { code: "CONFLICT", actual: 4 },
      isPending: false,
    });
    expect(await outcome).toEqual({ ok: false, error: conflict("d1", 1, 4) });
  });

  it("forgets the error when it is called again", async () => {
    const { server, call, now, settle } = start();
    void call("A");
    await settle(() => server.refuse(notFound("d1")));
    void call("B");
    expect(now()).toMatchObject({ error: null, isPending: true });
  });

  it("says INTERNAL of a bug, and rejects with it, so that it is not lost", async () => {
    const { server, call, now, settle } = start();
    const outcome = call("A");
    await settle(() => server.refuse());
    expect(now().error?.code).toBe("INTERNAL");
    expect(await outcome).toEqual({
      bug: expect.objectContaining({
        message: expect.stringContaining("Server Error") as unknown,
      }) as unknown,
    });
  });

  it("rejects for arguments that cannot be sent, and is not stuck", async () => {
    const { result, settle } = start();
    const bad = { id: "d1", title: Symbol("no") as unknown as string };
    let outcome: Promise<unknown> = Promise.resolve();
    await settle(() => {
      outcome = result.current.mutate(bad).catch((bug: unknown) => bug);
    });
    expect(await outcome).toBeInstanceOf(Error);
    expect(result.current).toMatchObject({
      error: { code: "INTERNAL" },
      isPending: false,
    });
  });

  it("lets the newest call win, whichever ends first", async () => {
    const { server, call, now, settle } = start();
    void call("A");
    void call("B");
    await settle();
    const [a, b] = server.calls;
    await settle(() => server.refuse(notFound("B"), b));
    expect(now()).toMatchObject({
      error: { documentId: "B" },
      isPending: false,
    });
    await settle(() => server.refuse(notFound("A"), a));
    expect(now()).toMatchObject({
      error: { documentId: "B" },
      isPending: false,
    });
  });

  it("does not take an older call's end for the newest's", async () => {
    const { server, call, now, settle } = start();
    void call("A");
    void call("B");
    await settle(() => server.refuse(notFound("A")));
    expect(now()).toMatchObject({ error: null, isPending: true });
  });

  it("forgets what it knows, and what is under way, on reset", async () => {
    const { server, call, now, settle } = start();
    void call("A");
    act(() => now().reset());
    expect(now()).toMatchObject({ error: null, isPending: false });
    await settle(() => server.refuse(notFound("A")));
    expect(now()).toMatchObject({ error: null, isPending: false });
  });

  it("keeps its functions", async () => {
    const { call, now, rerender } = start();
    const { mutate, reset } = now();
    rerender(null);
    void call("A");
    expect(now().mutate).toBe(mutate);
    expect(now().reset).toBe(reset);
  });

  it("says and does nothing after the component is gone", async () => {
    const complain = vi.spyOn(console, "error").mockReturnValue();
    const { server, call, now, settle, unmount } = start();
    const outcome = call("A");
    unmount();
    const last = now();
    await settle(() => server.refuse(notFound("A")));
    expect(await outcome).toMatchObject({ ok: false });
    expect(now()).toBe(last);
    expect(complain).not.toHaveBeenCalled();
    complain.mockRestore();
  });
});

describe.runIf(Activity)(
  "in a part of the page that is hidden for a while",
  () => {
    it("knows afterwards how the call ended", async () => {
      function Save() {
        const { mutate, error, isPending } = useDocsMutation(api.update);
        return (
          <button onClick={() => void mutate({ id: "d1" })}>
            {isPending ? "…" : (error?.code ?? "Save")}
          </button>
        );
      }
      const page = (mode: "hidden" | "visible") => (
        <Activity mode={mode}>
          <Save />
        </Activity>
      );
      const { server, settle, render } = connect();
      const { rerender } = render(page("visible"));
      fireEvent.click(screen.getByText("Save"));
      rerender(page("hidden"));
      await settle(() => server.refuse(notFound("d1")));
      rerender(page("visible"));
      expect(screen.getByText("NOT_FOUND")).toBeTruthy();
    });
  },
);

describe("useDocsAction", () => {
  it("does the same for an action", async () => {
    const { server, renderHook, settle } = connect();
    const { result } = renderHook(() => useDocsAction(api.summarize), null);
    act(() => void result.current.mutate({ id: "d1" }));
    expect(result.current.isPending).toBe(true);
    await settle(() => server.refuse(notFound("d1")));
    expect(result.current).toMatchObject({
      error: { code: "NOT_FOUND" },
      isPending: false,
    });
  });
});

describe("outside of a provider", () => {
  it("says what is missing", () => {
    const Lost = () => <>{useDocsMutation(api.update).isPending}</>;
    vi.spyOn(console, "error").mockReturnValue();
    expect(() => renderAlone(<Lost />)).toThrow("Could not find Convex client");
    vi.restoreAllMocks();
  });
});
