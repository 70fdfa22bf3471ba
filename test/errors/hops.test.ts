/** What is left of an error when it has crossed a component's boundary, in each kind of function. */
import { convexTest } from "convex-test";
import { makeFunctionReference } from "convex/server";
import { describe, expect, it } from "vitest";
import { getDocsError, isDocsError } from "../../src/errors/index.js";
import { conflict } from "../../src/shared/failures.js";
import * as host from "./fixture/host.js";
import http from "./fixture/http.js";
import schema from "./fixture/schema.js";
import * as thrower from "./fixture/thrower.js";

function start() {
  const generated = { "./_generated/api.js": () => Promise.resolve({}) };
  const t = convexTest(schema, {
    ...generated,
    "./host.js": () => Promise.resolve(host),
    "./http.js": () => Promise.resolve({ default: http }),
  });
  t.registerComponent("thrower", schema, {
    ...generated,
    "./thrower.js": () => Promise.resolve(thrower),
  });
  return t;
}

const refused = conflict("d1", 1, 4);
const caughtInMutation = makeFunctionReference<"mutation", { what: string }>(
  "host:caughtInMutation",
);
const caughtInAction = makeFunctionReference<"action", { what: string }>(
  "host:caughtInAction",
);
const uncaught = makeFunctionReference<"mutation", { what: string }>(
  "host:uncaught",
);

describe("an error thrown by a component", () => {
  it.each([
    ["mutation", () => start().mutation(caughtInMutation, { what: "ours" })],
    ["action", () => start().action(caughtInAction, { what: "ours" })],
  ])("is whole in the host's %s", async (_name, call) => {
    expect(await call()).toEqual({
      data: refused,
      conflict: true,
      notFound: false,
    });
  });

  it("is whole at the client when the host lets it pass", async () => {
    const error: unknown = await start()
      .mutation(uncaught, { what: "ours" })
      .catch((caught: unknown) => caught);
    expect(getDocsError(error)).toEqual(refused);
    expect(isDocsError(error, "CONFLICT")).toBe(true);
  });

  it("is whole even as the JSON text that an uncaught error's data is in an HTTP action", async () => {
    const error: unknown = await start()
      .fetch("/uncaught")
      .catch((caught: unknown) => caught);
    expect((error as { data: unknown }).data).toBeTypeOf("string");
    expect(getDocsError(error)).toEqual(refused);
    expect(isDocsError(error, "CONFLICT") && error.data.actual).toBe(4);
  });

  it.each(["bug", "foreign", "null", "text"])(
    "stays foreign if it is: %s",
    async (what) => {
      const nobody = { data: null, conflict: false, notFound: false };
      expect(await start().mutation(caughtInMutation, { what })).toEqual(
        nobody,
      );
      expect(await start().action(caughtInAction, { what })).toEqual(nobody);
    },
  );

  it("may be thrown again and again without being encoded twice", async () => {
    const t = start();
    const once: unknown = await t.mutation(caughtInMutation, { what: "ours" });
    expect(await t.mutation(caughtInMutation, { what: "ours" })).toEqual(once);
  });
});

describe("withProblem", () => {
  it("answers with the status of the code where Convex would answer 500", async () => {
    const response = await start().fetch("/caught");
    expect(response.status).toBe(409);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(getDocsError(await response.json())).toEqual(refused);
  });
});
