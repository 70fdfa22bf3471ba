/**
 * Views over HTTP.
 */
import { v } from "convex/values";
import { describe, expect, it } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { components, identify, type Caller } from "../../support/host.js";
import { problem, published, start } from "./support.js";

const docs = new Docs(components.docs, {
  fields: {
    title: v.string(),
    dueAt: v.optional(v.number()),
    big: v.optional(v.int64()),
    done: v.optional(v.boolean()),
    size: v.optional(v.union(v.literal("s"), v.literal(5), v.null())),
    tags: v.optional(v.array(v.string())),
  },
  identify,
  views: {
    byDue: { by: ["status", "dueAt"], public: true },
    byTag: { each: "tags", by: ["title"], public: true },
    byTitle: { by: ["title"], fold: ["title"], public: true },
    byRest: { by: ["done", "size", "big"], public: true },
    mine: ["title"],
  },
});

async function serve() {
  const host = start({}, docs);
  const items = [
    {
      title: "Äpfel",
      dueAt: 5,
      tags: ["a", "b"],
      done: true,
      size: "s" as const,
      big: 7n,
    },
    { title: "birnen", dueAt: 9, tags: ["a"], done: true, size: 5 as const },
    { title: "null", done: false, size: null },
  ].map((item) => ({ ...item, ...published }));
  await host.t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
  const get = (query: Record<string, string>, caller: Caller = host.nobody) =>
    host.ask(caller, `?${new URLSearchParams(query).toString()}`);
  const titles = async (
    query: Record<string, string>,
    caller: Caller = host.nobody,
  ) => {
    const response = await get(query, caller);
    const body = (await response.json()) as { documents: { title: string }[] };
    expect(response.status, JSON.stringify(body)).toBe(200);
    return body.documents.map(({ title }) => title);
  };
  return { ...host, get, titles };
}

describe("a view over HTTP", () => {
  it.each<[Record<string, string>, string[]]>([
    [{ view: "byDue" }, ["null", "Äpfel", "birnen"]],
    [{ view: "byDue", order: "desc" }, ["birnen", "Äpfel", "null"]],
    [
      { view: "byDue", "where[status]": "published", "where[dueAt]": "5" },
      ["Äpfel"],
    ],
    [
      {
        view: "byDue",
        "where[status]": "published",
        "where[dueAt][gte]": "6e0",
        "where[dueAt][lt]": "10",
      },
      ["birnen"],
    ],
    [
      {
        view: "byDue",
        "where[status]": "published",
        "where[dueAt][is]": "null",
      },
      ["null"],
    ],
    [{ view: "byTag", "where[tags]": "a" }, ["birnen", "Äpfel"]],
    [{ view: "byTitle", "where[title][startsWith]": "AP" }, ["Äpfel"]],
    [{ view: "byTitle", "where[title]": "NULL" }, ["null"]],
    [{ view: "byRest", "where[done]": "true", "where[size]": "5" }, ["birnen"]],
    [
      {
        view: "byRest",
        "where[done]": "true",
        "where[size]": "s",
        "where[big]": "7",
      },
      ["Äpfel"],
    ],
    [
      { view: "byRest", "where[done]": "false", "where[size][is]": "null" },
      ["null"],
    ],
  ])("answers %o", async (query, expected) => {
    const { titles } = await serve();
    expect(await titles(query)).toEqual(expected);
  });

  it("says what is said twice", async () => {
    const { ask, nobody } = await serve();
    const twice = await ask(nobody, "?view=byDue&view=byTag&limit=1&limit=2");
    const { status, error } = await problem(twice);
    expect(status).toBe(422);
    expect(error).toMatchObject({
      issues: [
        { path: "limit", message: "Limit is said twice." },
        { path: "view", message: "View is said twice." },
      ],
    });
  });

  it("says where each text is wrong", async () => {
    const { get } = await serve();
    const wrong: [Record<string, string>, string, string][] = [
      [
        { view: "nope" },
        "view",
        "View is not known: it must be one of byDue, byTag, byTitle, byRest.",
      ],
      [
        { view: "mine" },
        "view",
        "View is not known: it must be one of byDue, byTag, byTitle, byRest.",
      ],
      [
        { "where[status]": "published" },
        "view",
        "View is required beside where.",
      ],
      [{ view: "byDue", status: "draft", scope: "public" }, "status", ""],
      [{ view: "byDue", "where[dueAt]": "5" }, "where.dueAt", ""],
      [
        { view: "byDue", "where[status]": "gone" },
        "where.status",
        "Status of where must be draft or published or archived.",
      ],
      [
        {
          view: "byDue",
          "where[status]": "published",
          "where[dueAt][gte]": "soon",
        },
        "where.dueAt.gte",
        "",
      ],
      [
        { view: "byDue", "where[status]": "published", "where[dueAt]": "" },
        "where.dueAt",
        "Due at of where must be a number.",
      ],
      [
        {
          view: "byDue",
          "where[status]": "published",
          "where[dueAt][near]": "5",
        },
        "where.dueAt.near",
        "",
      ],
      [
        {
          view: "byDue",
          "where[status]": "published",
          "where[dueAt][is]": "5",
        },
        "where.dueAt.is",
        "",
      ],
      [{ view: "byTitle", "where[size]": "s" }, "where.size", ""],
      [{ view: "byTitle", "where[__proto__]": "s" }, "where.__proto__", ""],
      [{ view: "byTag" }, "where.tags", ""],
      [{ view: "byRest", "where[done]": "yes" }, "where.done", ""],
      [
        {
          view: "byRest",
          "where[done]": "true",
          "where[size]": "s",
          "where[big]": "99999999999999999999",
        },
        "where.big",
        "",
      ],
    ];
    for (const [query, path, message] of wrong) {
      const { status, error } = await problem(await get(query));
      expect(status, path).toBe(422);
      if (error?.code !== "VALIDATION_FAILED") throw new Error(error?.code);
      expect(error.issues[0]!.path).toBe(path);
      if (message !== "") expect(error.issues[0]!.message).toBe(message);
    }
  });

  it("goes on at the next page, and lists the caller's own", async () => {
    const { get, ask, ada, titles } = await serve();
    const first = await get({
      view: "byDue",
      "where[status]": "published",
      limit: "2",
    });
    const next = /<(.*)>/.exec(first.headers.get("Link")!)![1]!;
    const second = (await (await ask(ada, `${next}&scope=public`)).json()) as {
      documents: { title: string }[];
      nextCursor: string | null;
    };
    expect(second.documents.map(({ title }) => title)).toEqual(["birnen"]);
    expect(second.nextCursor).toBeNull();
    expect(await titles({ view: "mine" }, ada)).toHaveLength(3);
  });

  it("is no parameter of a host without views", async () => {
    const { ask, nobody } = start();
    const response = await ask(nobody, "?view=nope&where[a]=b");
    expect(response.status).toBe(200);
  });
});
