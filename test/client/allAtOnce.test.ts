/**
 * One answer names everything that is wrong: with the shape of what was sent, with what is beside the fields, and by the schema.
 */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  seed,
} from "../support/host.js";
import { blamed, refusal, refused } from "../support/refusals.js";
import { titled } from "../support/titled.js";

/** What plain JavaScript sends. */
const sent = (args: object) => args as never;

describe("create", () => {
  test.each<[string, object, string[]]>([
    ["a field", { title: " x ", content: 5 }, ["content", "title"]],
    [
      "an unknown name",
      { title: " x ", content: "", tilte: "" },
      ["tilte", "title"],
    ],
    [
      "what is not of the host's",
      { title: " x ", content: "", status: "new" },
      ["status", "title"],
    ],
    ["a required field that is absent", { title: " x " }, ["content", "title"]],
    [
      "a key that is no text",
      { title: " x ", content: "", key: 5, ifExists: "update" },
      ["key", "title"],
    ],
  ])(
    "%s is malformed, and the schema refuses another",
    async (_, args, paths) => {
      const t = deploy();
      const data = await refused(t, () =>
        people(t).ada.mutation((ctx) => titled.create(ctx, sent(args))),
      );
      expect(blamed(data)).toEqual(paths);
    },
  );

  test("a rule over several fields waits for them, and no trouble is told twice", async () => {
    const t = deploy();
    const args = { title: 5, content: "", summary: "longer" };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => titled.create(ctx, sent(args))),
    );
    expect(blamed(data)).toEqual(["title"]);
  });

  test("a well-formed call is told of its key, its expiry and the schema together", async () => {
    const t = deploy();
    const args = {
      title: "x",
      content: "",
      key: " ",
      expiresAt: 1_800_000_000,
    };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => titled.create(ctx, args)),
    );
    expect(blamed(data)).toEqual(["key", "expiresAt", "title"]);
  });

  test("without a schema too", async () => {
    const t = deploy();
    const docs = new Docs(components.docs, {
      fields,
      identify,
      maxDocumentBytes: 100,
    });
    const args = {
      title: "x".repeat(200),
      content: "",
      key: " ",
      expiresAt: 1_800_000_000,
    };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => docs.create(ctx, args)),
    );
    expect(blamed(data)).toEqual(["key", "expiresAt", "title"]);
  });

  test.each([
    ["with a schema", titled],
    ["without one", new Docs(components.docs, { fields, identify })],
  ])(
    "%s, a malformed field hides neither the key nor the expiry",
    async (_, docs) => {
      const t = deploy();
      const args = { title: "Plan", content: 5, key: "", expiresAt: 5 };
      const data = await refused(t, () =>
        people(t).ada.mutation((ctx) => docs.create(ctx, sent(args))),
      );
      expect(blamed(data)).toEqual(["content", "key", "expiresAt"]);
    },
  );

  test("a schema that cannot take what was sent says nothing more", async () => {
    const t = deploy();
    const fragile = new Docs(components.docs, {
      fields,
      identify,
      schema: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: (value) => {
            const { title } = value as { title: string };
            return title.trim() === ""
              ? { issues: [{ message: "Empty.", path: ["title"] }] }
              : { value };
          },
        },
      },
    });
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        fragile.create(ctx, sent({ title: 5, content: 5 })),
      ),
    );
    expect(blamed(data)).toEqual(["title", "content"]);
  });

  test("what is no arguments at all is refused as such", async () => {
    const t = deploy();
    for (const args of [null, 5, "text", [], { items: 5 }]) {
      const data = await refusal(
        people(t).ada.mutation((ctx) =>
          titled.batchCreate(ctx, sent(args as object)),
        ),
      );
      expect(data.code).toBe("VALIDATION_FAILED");
    }
  });
});

describe("update", () => {
  test("judges the whole merged document beside what is malformed", async () => {
    const t = deploy();
    const id = await seed(t, "ada", { content: "long" });
    const args = {
      id,
      title: "x",
      tags: "a",
      unset: ["content"],
      ifVersion: 1,
    };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => titled.update(ctx, sent(args))),
    );
    expect(blamed(data).sort()).toEqual(["tags", "title", "unset.0"]);
  });

  test("a well-formed one is told of names that are no fields, of its expiry and the schema together", async () => {
    const t = deploy();
    const id = await seed(t, "ada");
    const args = { id, title: "x", unset: ["nothing"], expiresAt: 5 };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => titled.update(ctx, sent(args))),
    );
    expect(blamed(data)).toEqual(["expiresAt", "unset.0", "title"]);
  });

  test("without a schema, a malformed field hides neither names that are no fields nor the expiry", async () => {
    const t = deploy();
    const docs = new Docs(components.docs, { fields, identify });
    const id = await seed(t, "ada");
    const args = { id, tags: 5, unset: ["nothing"], expiresAt: 5 };
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => docs.update(ctx, sent(args))),
    );
    expect(blamed(data)).toEqual(["tags", "expiresAt", "unset.0"]);
  });

  test("tells nobody of a document that they may not see", async () => {
    const t = deploy();
    const id = await seed(t, "ada", { content: "long", summary: "s" });
    const args = (which: string) => sent({ id: which, title: "x", tags: "a" });
    const { bob, nobody } = people(t);
    for (const caller of [bob, nobody]) {
      const answers = [];
      for (const which of [id, "missing"]) {
        answers.push(
          await refused(t, () =>
            caller.mutation((ctx) => titled.update(ctx, args(which))),
          ),
        );
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(blamed(answers[0]!)).toEqual(["tags"]);
    }
  });
});

describe("batches", () => {
  test("of new documents: each item's, in its place, of well-formed items too", async () => {
    const t = deploy();
    const items = [
      { title: "x", content: "" },
      { title: "Plan", content: "" },
      { title: "y", content: 5 },
      null,
    ];
    for (const mode of ["atomic", "partial"]) {
      const data = await refused(t, () =>
        people(t).ada.mutation((ctx) =>
          titled.batchCreate(ctx, sent({ items, mode })),
        ),
      );
      expect(blamed(data)).toEqual([
        "items.2.content",
        "items.3",
        "items.0.title",
        "items.2.title",
      ]);
    }
  });

  test.each([
    ["with a schema", z.looseObject({ title: z.string() })],
    ["without one", undefined],
  ])("%s, a malformed item hides nothing of the others", async (_, schema) => {
    const t = deploy();
    const docs = new Docs(components.docs, {
      fields,
      identify,
      maxDocumentBytes: 100,
      ...(schema ? { schema } : {}),
    });
    const title = "x";
    const items = [
      { title, content: 5 },
      { title, content: "", key: "" },
      { title, content: "x".repeat(200) },
      { title, content: "", expiresAt: 5, ownerId: "bob" },
    ];
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        docs.batchCreate(ctx, sent({ items, mode: "partial" })),
      ),
    );
    expect(blamed(data)).toEqual([
      "items.0.content",
      "items.3.ownerId",
      "items.1.key",
      "items.2.content",
      "items.3.expiresAt",
    ]);
  });

  test("of changes, and of one change to many: said once", async () => {
    const t = deploy();
    const ids = [await seed(t, "ada"), await seed(t, "ada")];
    const hidden = await seed(t, "bob");
    const items = [...ids, hidden].map((id) => ({ id, title: "x", tags: 5 }));
    const each = await refused(t, () =>
      people(t).ada.mutation((ctx) => titled.batchUpdate(ctx, sent({ items }))),
    );
    expect(blamed(each)).toEqual([
      "items.0.tags",
      "items.1.tags",
      "items.2.tags",
      "items.0.title",
      "items.1.title",
    ]);
    const updates = { title: "x", tags: 5 };
    const same = await refused(t, () =>
      people(t).ada.mutation((ctx) =>
        titled.batchUpdate(ctx, sent({ ids: [...ids, hidden, 5], updates })),
      ),
    );
    expect(blamed(same).sort()).toEqual([
      "ids.3",
      "updates.tags",
      "updates.title",
    ]);
  });
});

describe("transfer", () => {
  test.each([
    ["of nobody", ""],
    ["too long", "x".repeat(513)],
    ["of a link", "link:0"],
  ])("a name %s is told with what is malformed, and alone", async (_, to) => {
    const t = deploy();
    const id = await seed(t, "ada");
    const transfer = (args: object) =>
      refused(t, () =>
        people(t).ada.mutation((ctx) => titled.transfer(ctx, sent(args))),
      );
    const wrong = { id, to, ifVersion: "1", reason: "" };
    expect(blamed(await transfer(wrong))).toEqual([
      "reason",
      "ifVersion",
      "to",
    ]);
    expect(blamed(await transfer({ id, to }))).toEqual(["to"]);
    // Of a name that is no text there is one thing to say.
    expect(blamed(await transfer({ id, to: 5 }))).toEqual(["to"]);
  });
});

describe("reads", () => {
  test("numbers out of range are told with what is malformed", async () => {
    const t = deploy();
    const { ada } = people(t);
    const count = await refused(t, () =>
      ada.query((ctx) => titled.count(ctx, sent({ upTo: 0, status: "new" }))),
    );
    expect(blamed(count)).toEqual(["status", "upTo"]);
    const wrong = { query: 5, scope: "public", status: "draft", limit: 1000 };
    const docs = new Docs(components.docs, {
      fields,
      identify,
      search: ["title"],
    });
    const search = await refused(t, () =>
      ada.query((ctx) => docs.search(ctx, sent(wrong))),
    );
    expect(blamed(search)).toEqual(["query", "limit", "status"]);
  });
});

describe("startBulk", () => {
  const start = async (args: object, docs: typeof titled = plain) => {
    const t = deploy();
    return await refused(t, () =>
      people(t).ada.mutation((ctx) => docs.startBulk(ctx, sent(args))),
    );
  };
  const plain = new Docs(components.docs, {
    fields,
    identify,
    maxDocumentBytes: 100,
  });
  const operation = "update";
  const where = {};

  test("what each document would refuse is refused at once", async () => {
    for (const expiresAt of [5, -1, NaN, Infinity, 1_800_000_000]) {
      const data = await start({ operation, where, updates: { expiresAt } });
      expect(blamed(data)).toEqual(["updates.expiresAt"]);
    }
    const updates = { title: "x".repeat(200), content: "" };
    const large = await start({ operation, where, updates });
    expect(blamed(large)).toEqual(["updates.title"]);
  });

  test("all of it is told together, with what is malformed", async () => {
    const updates = { title: "x".repeat(200), expiresAt: 5 };
    expect(blamed(await start({ operation, updates }))).toEqual([
      "ids",
      "updates.expiresAt",
      "updates.title",
    ]);
    const malformed = { ...updates, title: 5, status: "new" };
    const data = await start({
      operation,
      ids: [5],
      where,
      updates: malformed,
    });
    expect(blamed(data)).toEqual([
      "ids.0",
      "updates.title",
      "updates.status",
      "ids",
      "updates.expiresAt",
    ]);
  });

  test("of an operation that there is not, nothing is said but that", async () => {
    const data = await start({ operation: "upadte", where, updates: {} });
    expect(blamed(data)).toEqual(["operation"]);
  });
});
