/**
 * What is hidden is answered as what does not exist, by every public call there is: byte for byte, with nothing counted, listed or
 * changed.
 */
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs } from "../../src/client/index.js";
import { getDocsError } from "../../src/errors/index.js";
import { components, deploy, identify, type Caller } from "../support/host.js";
import { inComponent } from "../support/component.js";

const START = 1_800_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const options = {
  fields: {
    title: v.string(),
    slug: v.optional(v.string()),
    secret: v.optional(v.string()),
  },
  identify,
  sharing: true as const,
  trash: true,
  search: ["title" as const],
  readable: { editor: ["title", "slug"] },
  history: {},
  workingCopy: true as const,
  views: { bySlug: { by: ["slug"], unique: true }, byTitle: ["title"] },
} as const;
/** Everything that can be declared, so that every public call is there. */
const docs = new Docs(components.docs, { ...options, search: ["title"] });
/** The same, and a hook that has nothing to add. */
const hooked = new Docs(components.docs, {
  ...options,
  search: ["title"],
  access: (_ctx, { byDefault }) => byDefault,
});

type Using = Record<string, (ctx: unknown, args: object) => Promise<unknown>>;
const using = (host: object) => host as Using;

/** Documents of every kind that a stranger may not see, and names of nothing. */
async function world(t = deploy()) {
  const ada = t.withIdentity({ subject: "ada" });
  const make = (draft: object = {}) =>
    ada.mutation(async (ctx) => {
      const created = await docs.create(ctx, {
        title: "Plan",
        secret: "S",
        ...draft,
      });
      return created.id;
    });
  const as = (run: (ctx: never) => Promise<unknown>) =>
    ada.mutation((ctx) => run(ctx as never));
  const open = { status: "published", isPublic: true } as const;
  const [plain, draft, unlisted, keyed, binned, shared, ahead, planned, held] =
    [
      await make(),
      await make({ isPublic: true }),
      await make({ status: "published" }),
      await make({ key: "k", slug: "s", pinned: true }),
      await make(open),
      await make({ slug: "s2" }),
      await make(open),
      await make(),
      await make(),
    ];
  const gone = await make();
  await as((ctx) => docs.remove(ctx, { id: binned }));
  await as((ctx) =>
    docs.share(ctx, { id: shared, principal: "bob", role: "manager" }),
  );
  const { linkId } = await ada.mutation((ctx) =>
    docs.createLink(ctx, { id: shared, role: "editor" }),
  );
  // It had been published, is edited since, and is private now.
  await as((ctx) => docs.update(ctx, { id: ahead, title: "Plan B" }));
  await as((ctx) => docs.update(ctx, { id: ahead, isPublic: false }));
  await t.mutation((ctx) => docs.asSystem("test").hold(ctx, { id: held }));
  await t.mutation(async (ctx) => {
    await docs.asSystem("test").remove(ctx, { id: gone });
    await docs.asSystem("test").purge(ctx, { id: gone });
  });
  const { jobId } = await ada.mutation((ctx) =>
    docs.startBulk(ctx, { operation: "remove", ids: [gone] }),
  );
  await t.finishAllScheduledFunctions(
    vi.advanceTimersByTime.bind(vi, 3_600_000),
  );
  const at = Date.now() + 86_400_000;
  await as((ctx) => docs.schedule(ctx, { id: planned, action: "publish", at }));
  const hidden = {
    plain,
    draft,
    unlisted,
    keyed,
    binned,
    shared,
    ahead,
    planned,
    held,
  };
  return { t, hidden, nothing: { gone, jobId, linkId, malformed: "no id" } };
}

/** Each public call, in the ways that name a document. */
const NAMING: Record<string, (id: string) => object[]> = {
  get: (id) => [{ id }],
  getMany: (id) => [{ ids: [id] }],
  can: (id) => [
    { id, operation: "read" },
    { id, operation: "update", fields: ["secret"] },
    { id, operation: "restore" },
    { ids: [id], operation: "members" },
  ],
  update: (id) => [
    { id, title: "X" },
    { id, secret: "S" },
    { id, slug: "s" },
    { id, status: "published", isPublic: true },
    { id, title: "X", ifVersion: 1 },
    { id, title: "X", ifVersion: 99 },
    { id, title: "x".repeat(300_000) },
    { id, pinned: false, expiresAt: START + 1 },
  ],
  remove: (id) => [{ id }, { id, ifVersion: 99 }],
  restore: (id) => [{ id }, { id, ifVersion: 99 }],
  purge: (id) => [{ id }],
  transfer: (id) => [
    { id, to: "eve" },
    { id, to: "ada" },
  ],
  batchUpdate: (id) => [
    { ids: [id], updates: { title: "X" } },
    { ids: [id, id], updates: { title: "X" }, mode: "partial" },
    { ids: [id], updates: { title: "X" }, dryRun: true },
  ],
  batchRemove: (id) => [{ ids: [id] }, { ids: [id], mode: "partial" }],
  startBulk: (id) => [{ operation: "remove", ids: [id] }],
  bulkStatus: (id) => [{ jobId: id }],
  cancelBulk: (id) => [{ jobId: id }],
  share: (id) => [
    { id, principal: "zoe", role: "viewer" },
    { id, principal: "ada", role: "viewer" },
    { id, members: [{ principal: "bob", role: "editor" }] },
  ],
  unshare: (id) => [
    { id, principal: "bob" },
    { id, principal: "zoe" },
  ],
  leave: (id) => [{ id }],
  createLink: (id) => [{ id, role: "viewer" }],
  members: (id) => [{ id }],
  listRevisions: (id) => [{ id, paginationOpts }],
  getRevision: (id) => [
    { id, version: 1 },
    { id, version: 99 },
  ],
  nameRevision: (id) => [{ id, version: 1, name: "N" }],
  revert: (id) => [
    { id, to: 1 },
    { id, to: 99 },
    { id, to: 1, only: ["secret"] },
  ],
  publish: (id) => [{ id }, { id, ifVersion: 1 }],
  unpublish: (id) => [{ id }],
  discardDraft: (id) => [{ id }],
  batchPublish: (id) => [{ ids: [id] }, { ids: [id], mode: "partial" }],
  batchUnpublish: (id) => [{ ids: [id] }],
  batchDiscardDraft: (id) => [{ ids: [id] }],
  schedule: (id) => [{ id, action: "publish", at: START }],
  cancelSchedule: (id) => [{ id, action: "publish" }],
  schedules: (id) => [{ id }],
};
const paginationOpts = { numItems: 10, cursor: null };
/** Whose all of these documents are. */
const ownerId = "ada";

/** And those that name none: what is hidden is neither listed nor counted, and takes no name from a stranger. */
const OTHERS: Record<string, object[]> = {
  create: [
    { title: "Mine", key: "k", slug: "s" },
    { title: "Hers", ownerId },
    { title: "Hers", key: "k", slug: "s", ifExists: "return", ownerId },
  ],
  batchCreate: [
    { items: [{ title: "Mine", key: "k2", slug: "s2" }] },
    { items: [{ title: "Hers", key: "k", ownerId }], mode: "partial" },
  ],
  list: [
    { paginationOpts },
    { paginationOpts, view: "byTitle" },
    { paginationOpts, ownerId },
    { paginationOpts, view: "byTitle", ownerId },
  ],
  listPublic: [{ paginationOpts }],
  listTrash: [{ paginationOpts }, { paginationOpts, ownerId }],
  listShared: [{ paginationOpts }],
  count: [{}, { view: "byTitle" }, { ownerId }, { view: "byTitle", ownerId }],
  search: [
    { query: "Plan" },
    { query: "Plan", scope: "public" },
    { query: "Plan", ownerId },
  ],
  getByKey: [{ key: "k3" }, { key: "k", ownerId }],
  getBy: [
    { view: "bySlug", where: { slug: "s3" } },
    { view: "bySlug", where: { slug: "s" }, ownerId },
  ],
  acceptInvitations: [{}],
};

/** What each of these calls tells, with the ids taken out that the caller has sent. */
async function answers(
  caller: Caller,
  host: Using,
  call: string,
  all: { id: string; args: object }[],
): Promise<string[]> {
  return await caller.mutation(async (ctx) => {
    const told: string[] = [];
    for (const { id, args } of all) {
      const result = await host[call]!(ctx, args).catch((error: unknown) => {
        const data = getDocsError(error);
        if (!data) throw error;
        return data;
      });
      const text = JSON.stringify(result ?? null);
      told.push(id === "" ? text : text.replaceAll(id, "<id>"));
    }
    return told;
  });
}

test("every public call is among these", () => {
  const calls = [...Object.keys(NAMING), ...Object.keys(OTHERS), "revokeLink"];
  expect(Object.keys(docs.api()).sort()).toEqual(calls.sort());
});

const TOKEN = "t".repeat(43);
const callers: [string, string | null, object][] = [
  ["a stranger", "eve", docs],
  ["nobody", null, docs],
  ["who has shown what is no link", "eve", docs.withLink(TOKEN)],
  ["a stranger, where a hook is asked", "eve", hooked],
];

test.each(callers)(
  "to %s, what is hidden is as what is not there",
  async (_, subject, operations) => {
    const { t, hidden, nothing } = await world();
    const caller = subject === null ? t : t.withIdentity({ subject });
    const host = using(operations);
    const stored = () =>
      inComponent(t, async (ctx) => ({
        documents: await ctx.db.query("documents").collect(),
        grants: await ctx.db.query("grants").collect(),
        schedules: await ctx.db.query("schedules").collect(),
        revisions: await ctx.db.query("revisions").collect(),
      }));
    const before = await stored();
    for (const [call, argsOf] of Object.entries(NAMING)) {
      // Those of a link are few; a bulk operation answers later.
      if (!(call in host) || call === "startBulk") continue;
      const ids = { ...nothing, ...hidden };
      for (const at of argsOf("").keys()) {
        const all = Object.values(ids).map((id) => ({
          id,
          args: argsOf(id)[at]!,
        }));
        const told = await answers(caller, host, call, all);
        const place = `${call} ${JSON.stringify(argsOf("<id>")[at])}`;
        const first = told.map(() => told[0]);
        expect(told, place).toEqual(first);
        expect(told[0], place).not.toMatch(/"S"|Plan/);
      }
    }
    expect(await stored()).toEqual(before);
  },
  60_000,
);

test("a bulk operation says the same of both, and does nothing to either", async () => {
  const { t, hidden, nothing } = await world();
  const eve = t.withIdentity({ subject: "eve" });
  const told = new Set<string>();
  for (const operation of ["remove", "publish"] as const) {
    for (const id of [...Object.values(hidden), ...Object.values(nothing)]) {
      vi.setSystemTime(START + 172_800_000);
      const started = await eve.mutation((ctx) =>
        using(docs)["startBulk"]!(ctx, { operation, ids: [id] }),
      );
      const { jobId } = started as { jobId: string };
      await t.finishAllScheduledFunctions(
        vi.advanceTimersByTime.bind(vi, 3_600_000),
      );
      const status = await eve.query((ctx) => docs.bulkStatus(ctx, { jobId }));
      expect(status).toMatchObject({ done: 0, failed: 1, state: "done" });
      told.add(JSON.stringify(status?.failures).replaceAll(id, "<id>"));
    }
  }
  expect(told.size).toBe(1);
}, 60_000);

test("a link's own id is no way in, and a stranger ends none", async () => {
  const { t, hidden, nothing } = await world();
  const eve = t.withIdentity({ subject: "eve" });
  const { gone, linkId } = nothing;
  const ids = [...Object.values(hidden), gone];
  const all = ids.map((id) => ({ id, args: { id, linkId } }));
  const told = await answers(eve, using(docs), "revokeLink", all);
  expect(new Set(told).size).toBe(1);
  const grants = await inComponent(t, (ctx) =>
    ctx.db.query("grants").collect(),
  );
  expect(grants).toHaveLength(2);
});

test("what is hidden is in no list and no number, and takes no name from anybody", async () => {
  const { t: full } = await world();
  const empty = deploy();
  vi.setSystemTime(START + 172_800_000);
  for (const subject of ["eve", null]) {
    for (const [call, all] of Object.entries(OTHERS)) {
      const named = all.map((args) => ({ id: "", args }));
      const [there, here] = await Promise.all(
        [full, empty].map(async (t) => {
          const who = subject === null ? t : t.withIdentity({ subject });
          const told = await answers(who, using(docs), call, named);
          // Ids are made in the order of the tables' rows.
          return told.map((text) =>
            text
              .replaceAll(/\d+documents/g, "<id>")
              .replaceAll(/"_creationTime":[\d.]+/g, ""),
          );
        }),
      );
      expect([call, there]).toEqual([call, here]);
    }
  }
});
