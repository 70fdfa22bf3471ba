/**
 * Links over HTTP: the token goes in a header, and what it shows stays with whoever sent it.
 */
import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { components, identify, type Caller } from "../../support/host.js";
import { problem, published, start } from "./support.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ["Date"] });
  return () => vi.useRealTimers();
});

const options = {
  fields: { title: v.string(), body: v.optional(v.string()) },
  identify,
  sharing: true as const,
};
const docs = new Docs(components.docs, {
  ...options,
  readable: { public: ["title"] },
});
const unshared = new Docs(components.docs, {
  fields: options.fields,
  identify,
});
const modules = {
  "./convex/links.ts": () => Promise.resolve({ httpApi: docs.httpApi() }),
};
const query = makeFunctionReference<"query">("links:httpApi");

async function linked(
  routes: object,
  draft: object = {},
  served: object = docs,
) {
  const c = start(
    { cors: { origins: ["*"] }, ...routes },
    served as typeof docs,
    modules,
  );
  const { id } = await c.ada.mutation((ctx) =>
    docs.create(ctx, { title: "T", body: "B", ...draft }),
  );
  const { token, linkId } = await c.ada.mutation((ctx) =>
    docs.createLink(ctx, { id, role: "viewer" }),
  );
  const ask = (
    link?: string,
    who: Caller = c.nobody,
    path = `/${id}`,
    more = {},
  ) =>
    c.ask(who, path, {
      headers: {
        ...(link === undefined ? {} : { "Docs-Link": link }),
        ...more,
      },
    });
  return { ...c, id, token, linkId, get: ask };
}

describe.each([
  ["in the action", {}],
  ["through the host's query", { query }],
])("read %s", (_, routes) => {
  test("a token in the header shows what the link shows, to whoever sends it", async () => {
    const { get, token, bob } = await linked(routes);
    for (const who of [undefined, bob]) {
      const response = await get(token, who);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ title: "T", body: "B" });
    }
    expect((await get()).status).toBe(404);
  });

  test("nothing keeps the answer, whatever the token is", async () => {
    const { get, token } = await linked(routes, published);
    for (const link of [token, "rubbish"]) {
      const { headers } = await get(link);
      expect(headers.get("Cache-Control")).toBe("private, no-store");
      expect(headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(headers.get("Vary")).toContain("Docs-Link");
    }
    const { headers } = await get();
    expect(headers.get("Cache-Control")).toBe("public, no-cache");
    expect(headers.get("Referrer-Policy")).toBeNull();
    // A cache must not give a stranger's answer to who has a link.
    expect(headers.get("Vary")).toBe("Authorization, Docs-Link");
  });

  test("a tag of what strangers see is none of what a link shows", async () => {
    const { get, token } = await linked(routes, published);
    const stranger = await get();
    expect(await stranger.json()).not.toHaveProperty("body");
    const more = { "If-None-Match": stranger.headers.get("ETag")! };
    expect((await get(undefined, undefined, undefined, more)).status).toBe(304);
    const mine = await get(token, undefined, undefined, more);
    expect(mine.status).toBe(200);
    expect(await mine.json()).toHaveProperty("body", "B");
  });

  test("a token that is none, or no more, is as none, byte for byte", async () => {
    const { get, ada, id, token, linkId } = await linked(routes);
    const none = await get();
    const text = await none.text();
    await ada.mutation((ctx) => docs.revokeLink(ctx, { id, linkId }));
    for (const link of [token, "rubbish", "x".repeat(43), ""]) {
      const response = await get(link);
      expect([response.status, await response.text()]).toEqual([404, text]);
      expect([...response.headers]).toEqual([...none.headers]);
    }
  });

  test("a list takes none", async () => {
    const { get, token } = await linked(routes);
    const response = await get(token, undefined, "?scope=public");
    expect(await response.json()).toMatchObject({ documents: [] });
    const own = await get(token, undefined, "?scope=own");
    expect(await problem(own)).toMatchObject({ code: "UNAUTHORIZED" });
  });
});

test("a page of another origin may send it", async () => {
  const { nobody, ask } = await linked({});
  const response = await ask(nobody, "", { method: "OPTIONS" });
  expect(response.headers.get("Access-Control-Allow-Headers")).toContain(
    "Docs-Link",
  );
});

test("where nothing is shared, the header is nobody's", async () => {
  const { get, token } = await linked({}, published, unshared);
  const [without, sent] = [await get(), await get(token)];
  expect([...sent.headers]).toEqual([...without.headers]);
  expect(sent.headers.get("Vary")).toBe("Authorization");
});
