import { act, fireEvent, screen } from "@testing-library/react";
import { useQuery } from "convex/react";
import { ConvexError } from "convex/values";
import { Component, type ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DocsErrorBoundary } from "../../src/react/index.js";
import { unauthorized } from "../../src/shared/failures.js";
import { api, note } from "./support/api.js";
import { connect } from "./support/render.js";

/** React and the browser both report what a boundary has caught. */
beforeEach(() => void vi.spyOn(console, "error").mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

function Title() {
  return <h1>{useQuery(api.get, { id: "a" })?.title}</h1>;
}

/** The app's own boundary, further out. */
class Outer extends Component<{ children: ReactNode }, { message?: string }> {
  override state: { message?: string } = {};
  static getDerivedStateFromError({ message }: Error) {
    return { message };
  }
  override render() {
    return this.state.message === undefined ? (
      this.props.children
    ) : (
      <p>outer: {this.state.message}</p>
    );
  }
}

function page(resetKeys: unknown[] = []) {
  return (
    <Outer>
      <DocsErrorBoundary
        resetKeys={resetKeys}
        fallback={(error, reset) => (
          <button onClick={reset}>{error.code}</button>
        )}
      >
        <Title />
      </DocsErrorBoundary>
    </Outer>
  );
}

function refuse(): never {
  throw new ConvexError(unauthorized());
}

describe("DocsErrorBoundary", () => {
  it("shows its children while all is well", async () => {
    const { server, render, settle } = connect();
    server.answer(api.get, () => note("a"));
    render(page());
    await settle();
    expect(screen.getByText("Note a")).toBeTruthy();
  });

  it("shows the fallback for an error of ours, and the children again on reset", async () => {
    const { server, render, settle } = connect();
    server.answer(api.get, refuse);
    render(page());
    await settle();
    expect(screen.getByText("UNAUTHORIZED")).toBeTruthy();
    server.answer(api.get, () => note("a"));
    // Convex forgets the answer of a query that nobody shows any more.
    await settle();
    fireEvent.click(screen.getByText("UNAUTHORIZED"));
    await settle();
    expect(screen.getByText("Note a")).toBeTruthy();
  });

  it("shows the children again when a reset key changes, and not before", async () => {
    const { server, render, settle } = connect();
    server.answer(api.get, refuse);
    const { rerender } = render(page(["signed out"]));
    await settle();
    rerender(page(["signed out"]));
    expect(screen.getByText("UNAUTHORIZED")).toBeTruthy();
    server.answer(api.get, () => note("a"));
    await settle();
    act(() => rerender(page(["signed in"])));
    await settle();
    expect(screen.getByText("Note a")).toBeTruthy();
  });

  it("leaves what is not ours to the next boundary", async () => {
    const { server, render, settle } = connect();
    server.answer(api.get, () => {
      throw new Error("bug");
    });
    render(page());
    await settle();
    expect(screen.getByText(/^outer: .*Server Error/)).toBeTruthy();
  });
});
