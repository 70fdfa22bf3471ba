/**
 * Fields by role: what somebody does not see is in no answer, and what they may not write is refused whatever the value.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";

import { v } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  type Caller,
} from "../../support/host.js";
import { blamed, refusal, refused } from "../../support/refusals.js";
import { rows } from "../../support/stored.js";
import { problem, published, start } from "../http/support.js";
import { DAY, paginationOpts } from "./world.js";

const START = 1_800_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const fields = {
  title: v.string(),
  body: v.optional(v.string()),
  notes: v.optional(v.string()),
  secret: v.optional(v.string()),
};
const SEEN = ["title", "body", "notes"] as const;
/** Strangers see the title, editors all but the secret, and commenters write notes. */
const rules = {
  readable: { public: ["title"], editor: SEEN },
  writable: { commenter: ["notes"] },
} as const;
const options = {
  fields,
  identify,
  sharing: true as const,
  trash: true,
  search: ["title" as const],
};

const ruled = new Docs(components.docs, { ...options, ...rules });
const kept = new Docs(components.docs, { ...options, ...rules, history: {} });
/** The same, with a hook that agrees to everything. */
const hooked = new Docs(components.docs, {
  ...options,
  ...rules,
  access: (_ctx, { byDefault }) => byDefault,
});

const ROLES = ["viewer", "commenter", "editor", "manager"] as const;

async function setUp(docs: typeof ruled = ruled, t = deploy()) {
  const as = (subject: string) => t.withIdentity({ subject });
  const ada = as("ada");
  const content = { title: "T", body: "B", notes: "N", secret: "S" };
  const { id } = await ada.mutation((ctx) =>
    docs.create(ctx, { ...content, ...published }),
  );
  const members = ROLES.map((role) => ({ principal: role, role }));
  await ada.mutation((ctx) => docs.share(ctx, { id, members }));
  return { t, as, ada, id };
}

/** The host's fields among what somebody gets. */
function shown(document: object | null | undefined): string {
  const own = Object.keys(document ?? {}).filter((name) => name in fields);
  return own.sort().join();
}

const ALL = "body,notes,secret,title";
const SOME = "body,notes,title";

describe.each([
  ["without a hook", ruled],
  ["with a hook", hooked],
])("reading, %s", (_, docs) => {
  test("a document shows what the best role sees", async () => {
    const { t, as, id } = await setUp(docs);
    const read = async (who: Caller) => {
      const one = await who.query((ctx) => docs.get(ctx, { id }));
      const [same] = await who.query((ctx) => docs.getMany(ctx, { ids: [id] }));
      expect(same).toEqual(one);
      return shown(one);
    };
    expect(await read(as("ada"))).toBe(ALL);
    expect(await read(as("manager"))).toBe(ALL);
    for (const role of ["editor", "commenter", "viewer"]) {
      expect(await read(as(role))).toBe(SOME);
    }
    expect(await read(as("eve"))).toBe("title");
    expect(await read(t as unknown as Caller)).toBe("title");
    const all = await t.query((ctx) => docs.asSystem("test").get(ctx, { id }));
    expect(shown(all)).toBe(ALL);
  });

  test("a list shows what its own role sees, whoever reads it", async () => {
    const { as } = await setUp(docs);
    for (const who of [as("ada"), as("manager"), as("eve")]) {
      const { page } = await who.query((ctx) =>
        docs.listPublic(ctx, { paginationOpts }),
      );
      expect(page.map(shown)).toEqual(["title"]);
      const found = await who.query((ctx) =>
        docs.search(ctx, { query: "T", scope: "public" }),
      );
      expect(found.map(shown)).toEqual(["title"]);
    }
    const own = await as("ada").query((ctx) =>
      docs.list(ctx, { paginationOpts }),
    );
    expect(own.page.map(shown)).toEqual([ALL]);
    const mine = await as("ada").query((ctx) =>
      docs.search(ctx, { query: "T" }),
    );
    expect(mine.map(shown)).toEqual([ALL]);
    for (const role of ROLES) {
      const { page } = await as(role).query((ctx) =>
        docs.listShared(ctx, { paginationOpts }),
      );
      expect(page.map((row) => shown(row.document))).toEqual([
        role === "manager" ? ALL : SOME,
      ]);
    }
  });
});

test("who has a link sees and writes what its role does, and strangers no more than before", async () => {
  const { t, as, ada, id } = await setUp();
  const link = (role: "viewer" | "editor") =>
    ada.mutation((ctx) => ruled.createLink(ctx, { id, role }));
  const [viewer, editor] = [await link("viewer"), await link("editor")];
  for (const who of [as("eve"), t as unknown as Caller]) {
    const read = (token: string | null) =>
      who.query((ctx) => ruled.withLink(token).get(ctx, { id }));
    expect(shown(await read(viewer.token))).toBe(SOME);
    expect(shown(await read(null))).toBe("title");
  }
  const write = (change: object) => () =>
    as("eve").mutation((ctx) =>
      ruled.withLink(editor.token).update(ctx, { id, ...change }),
    );
  await write({ body: "B2" })();
  expect(await refused(t, write({ secret: "S" }))).toMatchObject({
    code: "FORBIDDEN",
    fields: ["secret"],
  });
});

test("what a hook answers for reading is what is shown, and the hook itself sees everything", async () => {
  const heard: string[] = [];
  const docs = new Docs(components.docs, {
    ...options,
    ...rules,
    access: (_ctx, { operation, userId, document, byDefault }) => {
      heard.push(shown(document));
      if (operation !== "read") return byDefault;
      return userId === "eve" ? "manager" : "viewer";
    },
    onChange: (_ctx, { after }) => void heard.push(shown(after)),
  });
  const { as, id } = await setUp(docs);
  const see = async (who: Caller) =>
    shown(await who.query((ctx) => docs.get(ctx, { id })));
  expect(await see(as("eve"))).toBe(ALL);
  expect(await see(as("ada"))).toBe(SOME);
  const { page } = await as("ada").query((ctx) =>
    docs.list(ctx, { paginationOpts }),
  );
  expect(page.map(shown)).toEqual([SOME]);
  // A public list is a stranger's, whatever the hook makes of who reads it.
  const open = await as("eve").query((ctx) =>
    docs.listPublic(ctx, { paginationOpts }),
  );
  expect(open.page.map(shown)).toEqual(["title"]);
  expect(new Set(heard)).toEqual(new Set([ALL]));
});

describe("writing", () => {
  test("each role writes its fields; another name is refused and named, and nothing is stripped", async () => {
    const { t, as, id } = await setUp();
    const write = (who: string, change: object) => () =>
      as(who).mutation((ctx) => ruled.update(ctx, { id, ...change }));
    await write("commenter", { notes: "hi" })();
    await write("editor", { title: "U", body: "C", notes: "yes" })();
    await write("manager", { secret: "new", pinned: true })();
    const no = async (who: string, change: object, names?: string[]) => {
      const data = await refused(t, write(who, change));
      expect(data).toMatchObject({ code: "FORBIDDEN", documentId: id });
      expect((data as { fields?: string[] }).fields).toEqual(names);
    };
    await no("viewer", { notes: "x" });
    await no("commenter", { notes: "x", title: "x" }, ["title"]);
    await no("editor", { title: "x", secret: "x" }, ["secret"]);
    await no("editor", { unset: ["secret", "body"] }, ["secret"]);
    await no("editor", { status: "draft", title: "x", pinned: false }, [
      "pinned",
      "status",
    ]);
    await no("commenter", { title: "x", isPublic: true }, [
      "isPublic",
      "title",
    ]);
  });

  test("a value that is there already is refused too: it would be an oracle", async () => {
    const { t, as, id } = await setUp();
    const answers = new Set<string>();
    for (const secret of ["S", "guess"]) {
      const call = () =>
        as("editor").mutation((ctx) => ruled.update(ctx, { id, secret }));
      answers.add(JSON.stringify(await refused(t, call)));
    }
    expect(answers.size).toBe(1);
  });

  test("a batch decides for each item, and a bulk operation for each document", async () => {
    const { t, as, ada, id } = await setUp();
    const editor = as("editor");
    const { id: other } = await ada.mutation((ctx) =>
      ruled.create(ctx, { title: "O" }),
    );
    await ada.mutation((ctx) =>
      ruled.share(ctx, { id: other, principal: "editor", role: "manager" }),
    );
    const { results } = await editor.mutation((ctx) =>
      ruled.batchUpdate(ctx, {
        ids: [id, other],
        updates: { secret: "mine" },
        mode: "partial",
      }),
    );
    expect(results).toMatchObject([
      { ok: false, error: { code: "FORBIDDEN", fields: ["secret"] } },
      { ok: true, id: other },
    ]);
    const { jobId } = await editor.mutation((ctx) =>
      ruled.startBulk(ctx, {
        operation: "update",
        updates: { secret: "ours" },
        ids: [id, other],
      }),
    );
    for (let step = 0; step < 3; step++) {
      await vi.advanceTimersByTimeAsync(2);
      await t.finishInProgressScheduledFunctions();
    }
    const job = await editor.query((ctx) => ruled.bulkStatus(ctx, { jobId }));
    expect(job).toMatchObject({
      done: 1,
      failed: 1,
      failures: [{ id, error: { code: "FORBIDDEN", fields: ["secret"] } }],
    });
  });

  test("`can` says the same beforehand", async () => {
    const { as, id } = await setUp();
    const ask = (who: string, ...names: (keyof typeof fields | "status")[]) =>
      as(who).query((ctx) =>
        ruled.can(ctx, { id, operation: "update", fields: names }),
      );
    const yes = { allowed: true };
    const no = { allowed: false, code: "FORBIDDEN" };
    expect(await ask("commenter", "notes")).toMatchObject(yes);
    expect(await ask("commenter", "notes", "title")).toMatchObject(no);
    expect(await ask("commenter")).toMatchObject(yes);
    expect(await ask("viewer")).toMatchObject(no);
    expect(await ask("editor", "title", "notes")).toMatchObject(yes);
    expect(await ask("editor", "secret")).toMatchObject(no);
    expect(await ask("editor", "status")).toMatchObject(no);
    expect(await ask("manager", "secret", "status")).toMatchObject(yes);
  });

  test("columns can be an editor's, and what lets retention take a document stays a manager's", async () => {
    const docs = new Docs(components.docs, {
      ...options,
      writable: { editor: ["title", "status", "expiresAt"] },
    });
    const { as, id } = await setUp(docs);
    const write = (change: object) =>
      as("editor").mutation((ctx) => docs.update(ctx, { id, ...change }));
    await write({ status: "archived" });
    expect(await refusal(write({ body: "x" }))).toMatchObject({
      fields: ["body"],
    });
    expect(await refusal(write({ expiresAt: Date.now() + DAY }))).toMatchObject(
      { code: "FORBIDDEN", fields: ["expiresAt"] },
    );
  });

  test("what a schema makes of fields that were not sent is no write of the sender's", async () => {
    const schema: StandardSchemaV1 = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => {
          const { title } = value as { title: string };
          return { value: { ...(value as object), secret: `of ${title}` } };
        },
      },
    };
    const docs = new Docs(components.docs, { ...options, ...rules, schema });
    const t = deploy();
    const as = (subject: string) => t.withIdentity({ subject });
    const { id } = await as("ada").mutation((ctx) =>
      ruled.create(ctx, { title: "T" }),
    );
    await as("ada").mutation((ctx) =>
      ruled.share(ctx, { id, principal: "bob", role: "editor" }),
    );
    await as("bob").mutation((ctx) => docs.update(ctx, { id, title: "New" }));
    expect((await rows(t))[0]!["fields"]).toEqual({
      title: "New",
      secret: "of New",
    });
  });
});

describe("errors", () => {
  /** Refuses a bad title, with a word about the secret. */
  const schema: StandardSchemaV1 = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const { title, secret } = value as { title: string; secret: string };
        if (title !== "Bad") return { value };
        return {
          issues: [
            { path: ["secret"], message: `secret ${secret} goes not with it` },
            { path: ["title"], message: "no good" },
            { message: `The whole is wrong because of ${secret}.` },
          ],
        };
      },
    },
  };

  test("a schema's message about what one does not see says that there is one, and nothing else", async () => {
    const docs = new Docs(components.docs, { ...options, ...rules, schema });
    const { t, as, id } = await setUp(docs);
    const bad = (who: string) =>
      refused(t, () =>
        as(who).mutation((ctx) => docs.update(ctx, { id, title: "Bad" })),
      );
    const data = await bad("editor");
    expect(blamed(data)).toEqual(["title", ""]);
    expect(JSON.stringify(data)).not.toMatch(/secret|"S|because/);
    expect(blamed(await bad("manager"))).toEqual(["secret", "title", ""]);
  });

  test("neither does the component's, of a field that is not valid any more or of the size", async () => {
    const { t, as, id } = await setUp();
    const stricter = new Docs(components.docs, {
      ...options,
      ...rules,
      fields: { ...fields, secret: v.optional(v.number()) },
    });
    const write = (who: string) =>
      refused(t, () =>
        as(who).mutation((ctx) => stricter.update(ctx, { id, title: "U" })),
      );
    const data = await write("editor");
    expect(blamed(data)).toEqual([""]);
    expect(JSON.stringify(data)).not.toContain("ecret");
    expect(blamed(await write("manager"))).toEqual(["secret"]);
    const tiny = new Docs(components.docs, {
      ...options,
      ...rules,
      maxDocumentBytes: 200,
    });
    const texts = new Set<string>();
    for (const secret of ["x", "xxxxx"]) {
      await as("manager").mutation((ctx) => ruled.update(ctx, { id, secret }));
      const body = "b".repeat(300);
      const large = await refused(t, () =>
        as("editor").mutation((ctx) => tiny.update(ctx, { id, body })),
      );
      expect(blamed(large)).toEqual([""]);
      texts.add(JSON.stringify(large));
    }
    expect(texts.size).toBe(1);
  });
});

test("history shows the fields that one sees, without a size, and a revert is of those", async () => {
  const docs = kept as unknown as typeof kept & typeof ruled;
  const { t, as, id } = await setUp(docs);
  vi.setSystemTime(START + DAY);
  await as("manager").mutation((ctx) =>
    kept.update(ctx, { id, title: "U", secret: "new" }),
  );
  const look = (who: string) =>
    as(who).query(async (ctx) => ({
      list: await kept.listRevisions(ctx, { id, paginationOpts }),
      one: await kept.getRevision(ctx, { id, version: 1 }),
    }));
  const mine = await look("manager");
  expect(mine.one?.fields).toEqual({
    title: "T",
    body: "B",
    notes: "N",
    secret: "S",
  });
  expect(mine.list.page[1]).toHaveProperty("bytes");
  const theirs = await look("editor");
  expect(theirs.one?.fields).toEqual({ title: "T", body: "B", notes: "N" });
  expect(theirs.list.page).toHaveLength(2);
  expect(theirs.list.page[1]).not.toHaveProperty("bytes");
  expect(theirs.one).not.toHaveProperty("bytes");
  const back = (who: string, more: object) => () =>
    as(who).mutation((ctx) => kept.revert(ctx, { id, to: 1, ...more }));
  // Whether or not the secret differs: that is not for an editor to find out.
  for (const to of [1, 2]) {
    for (const mode of ["exact", "fitting"]) {
      expect(await refused(t, back("editor", { to, mode }))).toMatchObject({
        code: "FORBIDDEN",
        fields: ["secret"],
      });
    }
  }
  await back("editor", { only: ["title"] })();
  const stored = (await rows(t))[0]!["fields"];
  expect(stored).toMatchObject({ title: "T", secret: "new" });
  await back("manager", {})();
  expect((await rows(t))[0]!["fields"]).toMatchObject({ secret: "S" });
});

test("over HTTP, the same; and an ETag changes with what its reader sees", async () => {
  const { t, ada, bob, nobody, ask } = start({}, ruled);
  const { id } = await ada.mutation((ctx) =>
    ruled.create(ctx, { title: "T", body: "B", ...published }),
  );
  const first = await ask(bob, `/${id}`);
  expect(shown((await first.json()) as object)).toBe("title");
  const headers = { "If-None-Match": first.headers.get("ETag")! };
  expect((await ask(bob, `/${id}`, { headers })).status).toBe(304);
  expect((await ask(nobody, `/${id}`, { headers })).status).toBe(304);
  await ada.mutation((ctx) =>
    ruled.share(ctx, { id, principal: "bob", role: "viewer" }),
  );
  const second = await ask(bob, `/${id}`, { headers });
  expect(second.status).toBe(200);
  expect(shown((await second.json()) as object)).toBe("body,title");
  expect((await ask(ada, `/${id}`, { headers })).status).toBe(200);
  const page = await ask(nobody, "?scope=public");
  const { documents } = (await page.json()) as { documents: object[] };
  expect(documents.map(shown)).toEqual(["title"]);
  await t.mutation((ctx) =>
    ruled.asSystem("test").update(ctx, { id, isPublic: false }),
  );
  expect((await problem(await ask(nobody, `/${id}`, { headers }))).code).toBe(
    "NOT_FOUND",
  );
});

test("the validators of documents let a field be absent that somebody does not see", () => {
  const shape = ruled.validators.document as unknown as {
    fields: Record<string, { isOptional: string }>;
  };
  expect(shape.fields["title"]?.isOptional).toBe("required");
  const hidden = new Docs(components.docs, {
    ...options,
    search: [],
    readable: { public: ["body"] },
  });
  expect(
    (hidden.validators.document as unknown as typeof shape).fields["title"]
      ?.isOptional,
  ).toBe("optional");
});

test("a read costs what it costs without field rules", async () => {
  const plain = new Docs(components.docs, options);
  const { as, id } = await setUp();
  for (const who of ["ada", "viewer", "eve"]) {
    const costs = [];
    for (const docs of [plain, ruled as unknown as typeof plain]) {
      costs.push(
        await as(who).query(async (ctx) => {
          await docs.get(ctx, { id });
          const { documentsRead, databaseQueries } =
            await ctx.meta.getTransactionMetrics();
          return [documentsRead.used, databaseQueries.used];
        }),
      );
    }
    expect(costs[1]).toEqual(costs[0]);
  }
});

describe("what makes no sense is a mistake that is told", () => {
  const make = (more: object) => () =>
    new Docs(components.docs, { ...options, ...more } as never);
  test.each<[string, object, string]>([
    ["without sharing", { sharing: false, readable: {} }, "readable"],
    ["no role", { readable: { manager: ["title"] } }, "readable.manager"],
    ["no list", { writable: { editor: "title" } }, "writable.editor"],
    ["no field", { readable: { viewer: ["titel"] } }, "titel"],
    ["no column", { writable: { editor: ["version"] } }, "version"],
    [
      "a viewer sees more than an editor",
      { search: [], readable: { viewer: SEEN, editor: ["title"] } },
      "hidden from a role above",
    ],
    [
      "a commenter writes more than an editor",
      { writable: { commenter: ["notes"], editor: ["title"] } },
      "an editor may not",
    ],
    [
      "an editor writes what it does not see",
      { readable: { editor: ["title"] }, writable: { editor: ["body"] } },
      "hidden from that role",
    ],
    [
      "a search looks in what strangers do not see",
      { readable: { public: ["body"] } },
      "word by word",
    ],
    [
      "a public view goes by what strangers do not see",
      {
        readable: { public: ["title"] },
        views: { byBody: { by: ["body"], public: true } },
      },
      "value by value",
    ],
    [
      "a view of teams goes by what their viewers do not see",
      {
        readable: { viewer: ["title"] },
        views: { byBody: ["body"] },
        principals: () => [],
      },
      "value by value",
    ],
  ])("%s", (_, more, message) => {
    expect(make(more)).toThrow(message);
  });

  test("a view of one's own may go by anything: its owner sees all", () => {
    const views = { byBody: ["body"] };
    expect(make({ readable: { viewer: ["title"] }, views })).not.toThrow();
  });
});
