/**
 * An edit of a published document waits until it is published.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  type Deployment,
  type HostCtx,
} from "../../support/host.js";
import {
  docs,
  edit,
  publish,
  shown,
  stored,
  without,
} from "../../support/publishing.js";
import { refusal } from "../../support/refusals.js";
import { START } from "../../support/history.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

const later = () => vi.advanceTimersByTime(1_000);
const mine = (t: ReturnType<typeof deploy>, id: string) =>
  people(t).ada.query((ctx) => docs.get(ctx, { id }));

describe("while it is ahead", () => {
  test.each([
    ["nobody", (t: Deployment) => people(t).nobody],
    ["somebody else", (t: Deployment) => people(t).bob],
  ])("%s is shown what was there before, in the same place", async (_, as) => {
    const t = deploy();
    const who = as(t);
    const ids = [];
    for (const title of ["Live 1", "Live 2", "Live 3"]) {
      ids.push(await publish(t, { title, summary: "s", pinned: true }));
      later();
    }
    const [, id = ""] = ids;
    const before = await shown(who, id);
    expect(before.order).toEqual([...ids].reverse());
    expect(before.found).toHaveLength(1);
    later();
    await edit(t, id, { title: "Draft", unset: ["summary"] });
    later();
    await edit(t, id, { content: "more", pinned: false });
    expect(await shown(who, id)).toEqual(before);
  });

  test("after it is discarded, only the version differs", async () => {
    const t = deploy();
    const id = await publish(t);
    const { nobody } = people(t);
    const before = await shown(nobody, id);
    later();
    await edit(t, id, { title: "Draft" });
    await people(t).ada.mutation((ctx) => docs.discardDraft(ctx, { id }));
    const version = 3;
    const expected = { ...before.document, version };
    expect(await shown(nobody, id)).toEqual({
      ...before,
      document: expected,
      listed: [expected],
      found: [expected],
    });
    expect((await stored(t)).publications).toEqual([]);
    // What was discarded is not lost.
    const revision = await people(t).ada.query((ctx) =>
      docs.getRevision(ctx, { id, version: 2 }),
    );
    expect(revision?.fields["title"]).toBe("Draft");
    const { page } = await people(t).ada.query((ctx) =>
      docs.listRevisions(ctx, {
        id,
        paginationOpts: { numItems: 5, cursor: null },
      }),
    );
    expect(page.map(({ kind }) => kind)).toEqual(["discard", "edit", "edit"]);
  });

  test("its owner works on it, and publishes it", async () => {
    const t = deploy();
    const id = await publish(t);
    later();
    await edit(t, id, { title: "Draft" });
    expect(await mine(t, id)).toMatchObject({
      title: "Draft",
      version: 2,
      status: "published",
      hasDraft: true,
    });
    later();
    const { ada, nobody } = people(t);
    await ada.mutation((ctx) => docs.publish(ctx, { id, ifVersion: 2 }));
    const published = await mine(t, id);
    expect(published).toMatchObject({ title: "Draft", version: 3 });
    expect(published).not.toHaveProperty("hasDraft");
    expect(published?.publishedAt).toBe(START + 2_000);
    const seen = await shown(nobody, id);
    const { updatedBy, ...forAll } = published!;
    expect(updatedBy).toBe("ada");
    const { document, listed, found } = seen;
    expect([document, listed, found]).toEqual([forAll, [forAll], [forAll]]);
    expect((await stored(t)).publications).toEqual([]);
  });

  test("who it is shared with sees the document itself", async () => {
    const t = deploy();
    const id = await publish(t);
    const { ada, bob } = people(t);
    await edit(t, id, { title: "Draft" });
    expect((await shown(bob, id)).document?.title).toBe("Live");
    await ada.mutation((ctx) =>
      docs.share(ctx, { id, principal: "bob", role: "viewer" }),
    );
    expect((await shown(bob, id)).document?.title).toBe("Draft");
    await ada.mutation((ctx) => docs.unshare(ctx, { id, principal: "bob" }));
    expect((await shown(bob, id)).document?.title).toBe("Live");
    // Shared before, and edited after.
    await ada.mutation((ctx) => docs.publish(ctx, { id }));
    await ada.mutation((ctx) =>
      docs.share(ctx, { id, principal: "bob", role: "viewer" }),
    );
    await edit(t, id, { title: "Second draft" });
    expect((await shown(bob, id)).document?.title).toBe("Second draft");
  });

  test("nobody's codes tell of it", async () => {
    const t = deploy();
    const id = await publish(t);
    const { bob } = people(t);
    const codes = async () =>
      await Promise.all([
        refusal(bob.mutation((ctx) => docs.update(ctx, { id, title: "x" }))),
        refusal(bob.mutation((ctx) => docs.publish(ctx, { id }))),
        refusal(bob.mutation((ctx) => docs.discardDraft(ctx, { id }))),
        refusal(
          bob.mutation((ctx) => docs.publish(ctx, { id, ifVersion: 99 })),
        ),
        bob.query((ctx) => docs.can(ctx, { id, operation: "read" })),
      ]);
    const before = await codes();
    expect(before[1]).toMatchObject({ code: "FORBIDDEN" });
    await edit(t, id, { title: "Draft" });
    expect(await codes()).toEqual(before);
  });
});

describe("what an update says of the status", () => {
  test("nothing: the edit waits; published: it is there at once, with what waited", async () => {
    const t = deploy();
    const id = await publish(t);
    const { nobody } = people(t);
    await edit(t, id, { title: "Live one", status: "published" });
    expect((await shown(nobody, id)).document?.title).toBe("Live one");
    await edit(t, id, { title: "Draft" });
    await edit(t, id, { content: "c", status: "published" });
    expect((await shown(nobody, id)).document).toMatchObject({
      title: "Draft",
      content: "c",
      version: 4,
    });
    // Nothing to publish: nothing is written.
    const { version } = await edit(t, id, { status: "published" });
    expect(version).toBe(4);
  });

  test.each(["draft", "archived"] as const)(
    "%s: what was published is taken off, and the edit stays",
    async (status) => {
      const t = deploy();
      const id = await publish(t);
      await edit(t, id, { title: "Draft" });
      await edit(t, id, { status });
      expect((await shown(people(t).nobody, id)).document).toBeNull();
      const document = await mine(t, id);
      expect(document).toMatchObject({ title: "Draft", status });
      expect(document).not.toHaveProperty("hasDraft");
      expect((await stored(t)).publications).toEqual([]);
    },
  );

  test("a draft is edited as ever", async () => {
    const t = deploy();
    const id = await publish(t, { status: "draft" });
    await edit(t, id, { title: "Draft" });
    expect(await mine(t, id)).not.toHaveProperty("hasDraft");
  });
});

test("taken off, it is a draft as it is, also when it is not valid any more", async () => {
  const t = deploy();
  const id = await publish(t);
  await edit(t, id, { title: "Draft" });
  const strict = new Docs(components.docs, {
    fields: { ...fields, added: fields.title },
    identify,
    history: {},
    workingCopy: true,
  });
  const { ada, nobody } = people(t);
  const refused = await refusal(
    ada.mutation((ctx) => strict.publish(ctx, { id })),
  );
  expect(refused).toMatchObject({
    code: "VALIDATION_FAILED",
    issues: [{ path: "added" }],
  });
  expect((await shown(nobody, id)).document?.title).toBe("Live");
  await ada.mutation((ctx) => strict.unpublish(ctx, { id }));
  expect((await shown(nobody, id)).document).toBeNull();
  expect(await mine(t, id)).toMatchObject({ title: "Draft", status: "draft" });
  // Once more changes nothing.
  const { version } = await ada.mutation((ctx) => docs.unpublish(ctx, { id }));
  expect(version).toBe(3);
});

test("the host's schema judges what is published", async () => {
  const t = deploy();
  const id = await publish(t);
  await edit(t, id, { title: "Draft" });
  const checked = new Docs(components.docs, {
    fields,
    identify,
    history: {},
    workingCopy: true,
    schema: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) =>
          (value as { title: string }).title === "Draft"
            ? { issues: [{ message: "is a draft.", path: ["title"] }] }
            : { value },
      },
    },
  });
  const { ada } = people(t);
  const refused = refusal(ada.mutation((ctx) => checked.publish(ctx, { id })));
  expect(await refused).toMatchObject({ code: "VALIDATION_FAILED" });
  await ada.mutation((ctx) => checked.discardDraft(ctx, { id }));
  expect(await mine(t, id)).toMatchObject({ title: "Live" });
});

test("trash, restore, transfer: what is published is there exactly while the document is public", async () => {
  const t = deploy();
  const id = await publish(t);
  const { ada, bob, nobody } = people(t);
  const seen = async () => (await shown(nobody, id)).document?.title;
  await edit(t, id, { title: "Draft" });
  await edit(t, id, { isPublic: false });
  expect(await seen()).toBeUndefined();
  await ada.mutation((ctx) => docs.remove(ctx, { id }));
  await ada.mutation((ctx) => docs.restore(ctx, { id }));
  expect(await seen()).toBeUndefined();
  await edit(t, id, { isPublic: true });
  expect(await seen()).toBe("Live");
  await ada.mutation((ctx) => docs.remove(ctx, { id }));
  expect(await seen()).toBeUndefined();
  expect((await shown(ada, id)).document).toBeNull();
  await ada.mutation((ctx) => docs.restore(ctx, { id }));
  expect(await seen()).toBe("Live");
  await ada.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" }));
  expect(await seen()).toBeUndefined();
  expect((await shown(ada, id)).document).toBeNull();
  expect((await shown(bob, id)).document).toMatchObject({ title: "Draft" });
  await bob.mutation((ctx) => docs.update(ctx, { id, isPublic: true }));
  expect((await shown(ada, id)).document).toMatchObject({
    title: "Live",
    ownerId: "bob",
  });
  await bob.mutation((ctx) => docs.remove(ctx, { id }));
  await bob.mutation((ctx) => docs.purge(ctx, { id }));
  expect(await stored(t)).toMatchObject({ documents: [], publications: [] });
});

test("many at once: publish, take off, discard", async () => {
  const t = deploy();
  const { ada, nobody } = people(t);
  const ids = [await publish(t), await publish(t), await publish(t)];
  const titles = () =>
    Promise.all(
      ids.map(async (id) => (await shown(nobody, id)).document?.title),
    );
  const draft = () =>
    ada.mutation((ctx) =>
      docs.batchUpdate(ctx, { ids, updates: { title: "Draft" } }),
    );
  await draft();
  expect(await titles()).toEqual(["Live", "Live", "Live"]);
  await ada.mutation((ctx) => docs.batchDiscardDraft(ctx, { ids }));
  await draft();
  await ada.mutation((ctx) => docs.batchPublish(ctx, { ids }));
  expect(await titles()).toEqual(["Draft", "Draft", "Draft"]);
  const { results, succeeded } = await ada.mutation((ctx) =>
    docs.batchUnpublish(ctx, { ids: [...ids, "none"], mode: "partial" }),
  );
  expect([results.length, succeeded]).toEqual([4, 3]);
  expect(await titles()).toEqual([undefined, undefined, undefined]);
});

test("bulk: publish, take off and discard in the background", async () => {
  const t = deploy();
  const { ada, nobody } = people(t);
  const ids = [await publish(t), await publish(t)];
  const bulk = async (operation: "publish" | "unpublish" | "discardDraft") => {
    await ada.mutation((ctx) => docs.startBulk(ctx, { ids, operation }));
    vi.advanceTimersByTime(1_000);
    await t.finishInProgressScheduledFunctions();
    const seen = await Promise.all(ids.map((id) => shown(nobody, id)));
    return seen.map(({ document }) => document?.title);
  };
  for (const id of ids) await edit(t, id, { title: "Draft" });
  expect(await bulk("publish")).toEqual(["Draft", "Draft"]);
  for (const id of ids) await edit(t, id, { title: "Second" });
  expect(await bulk("discardDraft")).toEqual(["Draft", "Draft"]);
  expect((await stored(t)).publications).toEqual([]);
  expect(await bulk("unpublish")).toEqual([undefined, undefined]);
  const plain = without as unknown as typeof docs;
  expect(
    await refusal(
      ada.mutation((ctx) =>
        plain.startBulk(ctx, { ids, operation: "publish" }),
      ),
    ),
  ).toMatchObject({ code: "VALIDATION_FAILED" });
});

describe("without the option", () => {
  test("there are no methods, and an edit is there at once", async () => {
    const t = deploy();
    expect("publish" in without).toBe(false);
    expect("publish" in without.api()).toBe(false);
    const id = await publish(t);
    await edit(t, id, { title: "Draft" }, without);
    expect((await shown(people(t).nobody, id, without)).document?.title).toBe(
      "Draft",
    );
    expect((await stored(t)).publications).toEqual([]);
  });

  test("it needs a history", () => {
    expect(
      () => new Docs(components.docs, { fields, identify, workingCopy: true }),
    ).toThrow("history: {}");
  });

  test("off again, what is ahead is hidden until it is published, and never shown", async () => {
    const t = deploy();
    const id = await publish(t);
    await edit(t, id, { title: "Draft" });
    const { ada, bob, nobody } = people(t);
    const hidden = async () => {
      for (const who of [bob, nobody]) {
        expect(await shown(who, id, without)).toMatchObject({
          document: null,
          listed: [],
          found: [],
        });
        const can = await who.query((ctx) =>
          without.can(ctx, { id, operation: "read" }),
        );
        expect(can).toEqual({ allowed: false, code: "NOT_FOUND" });
      }
    };
    await hidden();
    await edit(t, id, { content: "more" }, without);
    await hidden();
    expect(await ada.query((ctx) => without.get(ctx, { id }))).toMatchObject({
      title: "Draft",
      hasDraft: true,
    });
    await edit(t, id, { status: "published" }, without);
    expect((await shown(nobody, id, without)).document?.title).toBe("Draft");
    expect((await stored(t)).publications).toEqual([]);
  });
});

describe("onChange", () => {
  type Line = { operation: string; live: (string | null | undefined)[] };
  const lines: Line[] = [];
  let refuses = "";
  const audited = new Docs(components.docs, {
    fields,
    identify,
    search: ["title"],
    sharing: true,
    history: { coalesce: false },
    workingCopy: true,
    onChange: (_ctx: HostCtx, { operation, live }) => {
      const titles = [live?.before, live?.after].map((one) => one?.title);
      lines.push({ operation, live: titles });
      if (operation === refuses) throw new Error("no");
    },
  });
  beforeEach(() => {
    lines.length = 0;
    refuses = "";
  });

  test("is told what everybody sees, before and after", async () => {
    const t = deploy();
    const { ada } = people(t);
    const id = await publish(t);
    await edit(t, id, { title: "Draft" }, audited);
    await edit(t, id, { title: "Draft 2" }, audited);
    await ada.mutation((ctx) => audited.publish(ctx, { id }));
    await edit(t, id, { title: "Draft 3" }, audited);
    await ada.mutation((ctx) => audited.revert(ctx, { id, to: 1 }));
    await ada.mutation((ctx) => audited.discardDraft(ctx, { id }));
    await ada.mutation((ctx) => audited.unpublish(ctx, { id }));
    expect(lines).toEqual([
      { operation: "update", live: ["Live", "Live"] },
      { operation: "update", live: ["Live", "Live"] },
      { operation: "publish", live: ["Live", "Draft 2"] },
      { operation: "update", live: ["Draft 2", "Draft 2"] },
      { operation: "revert", live: ["Draft 2", "Draft 2"] },
      { operation: "discard", live: ["Draft 2", "Draft 2"] },
      { operation: "unpublish", live: ["Draft 2", undefined] },
    ]);
  });

  test("what it refuses is taken back, for everybody", async () => {
    const t = deploy();
    const { ada, bob, nobody } = people(t);
    const id = await publish(t);
    await ada.mutation((ctx) =>
      docs.share(ctx, { id, principal: "bob", role: "viewer" }),
    );
    const state = async () => ({
      nobody: await shown(nobody, id),
      bob: await shown(bob, id),
      document: await mine(t, id),
    });
    const attempt = async (
      operation: string,
      run: (ctx: HostCtx) => object,
    ) => {
      const before = await state();
      refuses = operation;
      await ada.mutation(async (ctx: HostCtx) => {
        await expect(run(ctx)).rejects.toThrow("no");
      });
      refuses = "";
      expect(await state()).toEqual(before);
    };
    await attempt("update", (ctx) => audited.update(ctx, { id, title: "x" }));
    expect((await stored(t)).publications).toEqual([]);
    await edit(t, id, { title: "Draft" });
    for (const [operation, run] of [
      ["publish", (ctx: HostCtx) => audited.publish(ctx, { id })],
      ["unpublish", (ctx: HostCtx) => audited.unpublish(ctx, { id })],
      ["discard", (ctx: HostCtx) => audited.discardDraft(ctx, { id })],
      ["remove", (ctx: HostCtx) => audited.remove(ctx, { id })],
      ["transfer", (ctx: HostCtx) => audited.transfer(ctx, { id, to: "cleo" })],
      [
        "update",
        (ctx: HostCtx) => audited.update(ctx, { id, isPublic: false }),
      ],
    ] as const) {
      await attempt(operation, run);
      expect((await stored(t)).publications).toHaveLength(1);
    }
  });
});

test("with access, who is given a role sees the document, and everybody else what is published", async () => {
  const t = deploy();
  const guarded = new Docs(components.docs, {
    fields,
    identify,
    search: ["title"],
    history: {},
    workingCopy: true,
    access: (_ctx, { userId, operation, byDefault }) =>
      userId === "bob" && operation === "read" ? "viewer" : byDefault,
  });
  const id = await publish(t);
  await edit(t, id, { title: "Draft" });
  const { ada, bob, nobody } = people(t);
  const cleo = t.withIdentity({ subject: "cleo" });
  const titles = [];
  for (const who of [ada, bob, cleo, nobody]) {
    titles.push((await shown(who, id, guarded)).document?.title);
  }
  expect(titles).toEqual(["Draft", "Draft", "Live", "Live"]);
});
