/**
 * The app that docs/errors.md builds up, at work: what the page says of each code, and of who reads it, holds.
 */
import { errorMessage, getDocsError } from "@acme/convex-docs/errors";
import { afterEach, expect, test, vi } from "vitest";
import {
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";

const { start, load, loadSnippet } = await pageApp("docs/errors.md");
afterEach(() => void vi.unstubAllGlobals());

type Calls = Pick<Caller, "mutation" | "query">;
const call = (who: Pick<Calls, "mutation">, name: string, args: object = {}) =>
  who.mutation(mutation(name), args) as Promise<unknown>;
const update = (who: Calls, args: object) =>
  call(who, "documents:update", args);
const list = (who: Calls, cursor: string | null) =>
  who.query(query("documents:list"), {
    paginationOpts: { numItems: 1, cursor },
  }) as Promise<{ continueCursor: string }>;
const SHOWN = { status: "published", isPublic: true };

/** How to come by a code, with Ada's document that others see and her other one, whose key is "k". */
type Scene = Record<"t" | "ada" | "bob", Calls> & {
  id: string;
  hidden: string;
};
const codes: [
  code: string,
  call: (scene: Scene) => Promise<unknown>,
  details: (scene: Scene) => object,
][] = [
  ["UNAUTHORIZED", ({ t, id }) => update(t, { id, title: "B" }), () => ({})],
  [
    "FORBIDDEN",
    ({ bob, id }) => update(bob, { id, title: "B" }),
    ({ id }) => ({ documentId: id }),
  ],
  [
    "NOT_FOUND",
    ({ bob, hidden }) => update(bob, { id: hidden, title: "B" }),
    ({ hidden }) => ({ documentId: hidden }),
  ],
  [
    "NOT_FOUND",
    ({ ada }) => update(ada, { id: "x".repeat(100), title: "B" }),
    () => ({ documentId: `${"x".repeat(64)}…` }),
  ],
  [
    "VALIDATION_FAILED",
    ({ ada, id }) => update(ada, { id, title: 5 }),
    () => ({
      issues: [
        { path: "title", message: "Title must be a string, not a number." },
      ],
    }),
  ],
  [
    "CONFLICT",
    ({ ada, id }) => update(ada, { id, title: "B", ifVersion: 3 }),
    ({ id }) => ({ documentId: id, expected: 3, actual: 1 }),
  ],
  [
    "INVALID_CURSOR",
    ({ ada }) => list(ada, "nonsense"),
    () => ({ isConvexSystemError: true, paginationError: "InvalidCursor" }),
  ],
  [
    "ALREADY_EXISTS",
    ({ ada }) => write(ada as Caller, { key: "k" }),
    () => ({ key: "k" }),
  ],
  [
    "BATCH_FAILED",
    ({ ada, id }) =>
      call(ada, "documents:batchUpdate", {
        ids: [id, id],
        updates: { title: "B" },
      }),
    ({ id }) => ({
      errors: [{ index: 1, error: { code: "DUPLICATE_ID", documentId: id } }],
    }),
  ],
  [
    "BATCH_TOO_LARGE",
    ({ ada, id }) =>
      call(ada, "documents:batchUpdate", {
        ids: Array(101).fill(id),
        updates: { title: "B" },
      }),
    () => ({ what: "items", limit: 100, got: 101 }),
  ],
];
async function scene() {
  const { t, ada, bob } = start();
  const id = await write(ada, SHOWN);
  const hidden = await write(ada, { key: "k" });
  return { t, ada, bob, id, hidden };
}

test.each(codes)(
  "%s has the shape and the details that its section names",
  async (code, cause, details) => {
    const given = await scene();
    const error = await refusal(cause(given));
    expect(getDocsError(error)).toMatchObject({
      ns: "convex-docs",
      code,
      message: expect.stringMatching(/./) as string,
      retryable: false,
      ...details(given),
    });
    // Nothing was written.
    expect(
      await given.ada.query(query("documents:get"), { id: given.id }),
    ).toMatchObject({ title: "Plan", version: 1 });
  },
);

test("on the client: the case of the code runs, and the rest has a sentence", async () => {
  const { t, ada, bob, id } = await scene();
  const heard: unknown[] = [];
  const hear = (name: string) => (what: unknown) =>
    void heard.push([name, what]);
  vi.stubGlobal("router", { push: hear("push") });
  vi.stubGlobal("askWhichToKeep", hear("ask"));
  vi.stubGlobal("toast", hear("toast"));
  const { onFailure } = (await load("src/onFailure.ts")) as {
    onFailure: (error: unknown) => void;
  };
  onFailure(await refusal(update(t, { id, title: "B" })));
  onFailure(await refusal(update(ada, { id, title: "B", ifVersion: 3 })));
  const forbidden = await refusal(update(bob, { id, title: "B" }));
  onFailure(forbidden);
  // Of a server that is older, and of one that is newer.
  onFailure({ data: "UNAUTHORIZED" });
  onFailure({ data: { ns: "convex-docs", code: "NEW", message: "New." } });
  expect(heard).toEqual([
    ["push", "/sign-in"],
    ["ask", 1],
    ["toast", getDocsError(forbidden)!.message],
    ["push", "/sign-in"],
    ["toast", "New."],
  ]);
});

test("a translation: its own sentence by code, or else the error's own", async () => {
  const { t, ada, id } = await scene();
  const { german } = (await load("src/german.ts")) as { german: object };
  const signedOut = await refusal(update(t, { id, title: "B" }));
  expect(errorMessage(signedOut, german)).toBe("Bitte anmelden.");
  const limited = {
    ns: "convex-docs",
    code: "RATE_LIMITED",
    message: "Wait.",
    retryable: true,
    retryAfterMs: 4200,
  };
  expect(errorMessage({ data: limited }, german)).toBe("In 5 s noch einmal.");
  const conflict = await refusal(update(ada, { id, title: "B", ifVersion: 3 }));
  expect(errorMessage(conflict, german)).toBe(getDocsError(conflict)!.message);
});

test("in your functions: somebody else's project answers like one that does not exist", async () => {
  const { t, ada, bob } = await scene();
  const projectId = await t.run((ctx) =>
    ctx.db.insert("projects", { ownerId: "test|ada", name: "A" }),
  );
  const rename = (who: Calls, id = projectId) =>
    call(who, "projects:rename", { projectId: id, name: "B" });
  const gone = await t.run(async (ctx) => {
    const id = await ctx.db.insert("projects", {});
    await ctx.db.delete(id);
    return id;
  });
  const told = async (who: Calls, id = projectId) =>
    JSON.stringify(getDocsError(await refusal(rename(who, id)))).replaceAll(
      id,
      "…",
    );
  expect(await told(bob)).toContain("NOT_FOUND");
  expect(await told(bob)).toBe(await told(ada, gone));
  expect(await told(t)).toBe(await told(bob));
  await rename(ada);
  expect(await t.run((ctx) => ctx.db.get(projectId))).toMatchObject({
    name: "B",
  });
});

test("toResult: the refusal is returned, and so is what was done", async () => {
  const { ada, bob, id } = await scene();
  const rename = (who: Calls) =>
    call(who, "renaming:rename", { id, title: "B" });
  expect(await rename(bob)).toMatchObject({
    ok: false,
    error: { code: "FORBIDDEN", documentId: id },
  });
  expect(await rename(ada)).toEqual({ ok: true, value: { id, version: 2 } });
});

test("mapError: the app's own shape, but for a cursor", async () => {
  const { ada } = await scene();
  const { docs } = (await loadSnippet("mapError")) as {
    docs: {
      as(
        userId: string,
      ): Record<
        "update" | "list",
        (ctx: object, args: object) => Promise<unknown>
      >;
    };
  };
  const as = docs.as("test|ada");
  const error = await refusal(
    ada.mutation((ctx) => as.update(ctx, { id: "x", title: "B" })),
  );
  expect(error).toMatchObject({ data: { kind: "docs", code: "NOT_FOUND" } });
  const paginationOpts = { numItems: 1, cursor: "nonsense" };
  const cursor = await refusal(
    ada.query((ctx) => as.list(ctx, { paginationOpts })),
  );
  expect(getDocsError(cursor)).toMatchObject({ code: "INVALID_CURSOR" });
});

const BASE = "/api/documents";
const SIGNED_IN = { Authorization: "Bearer token" };

test("over HTTP: a document, which is not sent again while its version is the same", async () => {
  const { t, ada, bob, id, hidden } = await scene();
  const first = await t.fetch(`${BASE}/${id}`);
  expect([first.status, await first.json()]).toMatchObject([
    200,
    { title: "Plan", version: 1 },
  ]);
  const headers = { "If-None-Match": first.headers.get("ETag")! };
  expect((await t.fetch(`${BASE}/${id}`, { headers })).status).toBe(304);
  await update(ada, { id, title: "B" });
  expect((await t.fetch(`${BASE}/${id}`, { headers })).status).toBe(200);

  const own = await ada.fetch(`${BASE}/${hidden}`, { headers: SIGNED_IN });
  expect([own.status, own.headers.get("Cache-Control")]).toEqual([
    200,
    expect.stringContaining("private"),
  ]);
  for (const [who, given] of [
    [bob, SIGNED_IN],
    [t, {}],
  ] as const) {
    const refused = await who.fetch(`${BASE}/${hidden}`, {
      headers: { ...given },
    });
    expect(refused.status).toBe(404);
    expect(refused.headers.get("Content-Type")).toContain(
      "application/problem+json",
    );
    const problem: unknown = await refused.json();
    expect(problem).toMatchObject({
      title: "NOT_FOUND",
      status: 404,
      code: "NOT_FOUND",
      type: expect.stringMatching(/errors\.md#not_found$/) as string,
    });
    expect(getDocsError(problem)).toMatchObject({
      code: "NOT_FOUND",
      documentId: hidden,
    });
  }
  // Not a stranger's view.
  expect((await t.fetch(`${BASE}/${id}`, { headers: SIGNED_IN })).status).toBe(
    401,
  );
});

test("over HTTP: a list of one's own by pages, and of what is public for who is signed out", async () => {
  const { t, ada, id, hidden } = await scene();
  type Page = { documents: { _id: string }[]; nextCursor: string | null };
  const page = async (
    who: { fetch: typeof t.fetch },
    path: string,
    headers = {},
  ) => {
    const response = await who.fetch(path, { headers });
    const { documents, nextCursor } = (await response.json()) as Page;
    return {
      ids: documents.map(({ _id }) => _id),
      nextCursor,
      link: response.headers.get("Link"),
    };
  };
  expect(await page(t, BASE)).toEqual({
    ids: [id],
    nextCursor: null,
    link: null,
  });
  const first = await page(ada, `${BASE}?limit=1`, SIGNED_IN);
  expect(first.ids).toEqual([hidden]);
  expect(first.link).toMatch(/^<.*>; rel="next"$/);
  const next = await page(
    ada,
    `${BASE}?limit=1&cursor=${encodeURIComponent(first.nextCursor!)}`,
    SIGNED_IN,
  );
  expect(next.ids).toEqual([id]);
  expect((await page(ada, `${BASE}?order=asc`, SIGNED_IN)).ids).toEqual([
    id,
    hidden,
  ]);
  expect((await page(ada, `${BASE}?scope=public`, SIGNED_IN)).ids).toEqual([
    id,
  ]);
  expect((await page(ada, `${BASE}?status=draft`, SIGNED_IN)).ids).toEqual([
    hidden,
  ]);
});

test.each([
  ["HEAD", 200],
  ["OPTIONS", 204],
  ["POST", 405],
])(
  "over HTTP: %s answers %i without a body of a document, and CORS for the origin that is named",
  async (method, status) => {
    const { t, id } = await scene();
    for (const origin of ["https://app.example.com", "https://evil.example"]) {
      const response = await t.fetch(`${BASE}/${id}`, {
        method,
        headers: { Origin: origin },
      });
      expect(response.status).toBe(status);
      expect(await response.text()).not.toContain("Plan");
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(
        origin.includes("app") ? origin : null,
      );
      if (status === 405)
        expect(response.headers.get("Allow")).toContain("GET");
    }
  },
);
