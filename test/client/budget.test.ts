import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  people,
  type HostCtx,
} from "../support/host.js";
import { refusal, refused } from "../support/refusals.js";
import { contents, fill, rows } from "../support/stored.js";

const KiB = 1024;
const MiB = 1024 * KiB;

/** Documents of 20 kB at most, so that a transaction's bytes are used up by few of them. */
const small = new Docs(components.docs, {
  fields,
  identify,
  maxDocumentBytes: 20 * KiB,
});
const page = "x".repeat(18_000);

/** A batch of each kind, over the same documents. */
function batches(ids: string[], using = small) {
  const items = ids.map((_, n) => ({ title: `new ${n}`, content: page }));
  const ada = using.as("ada");
  return {
    create: (ctx: HostCtx) => ada.batchCreate(ctx, { items }),
    update: (ctx: HostCtx) =>
      ada.batchUpdate(ctx, { ids, updates: { title: "X" } }),
    remove: (ctx: HostCtx) => ada.batchRemove(ctx, { ids }),
  };
}
type Verb = keyof ReturnType<typeof batches>;
const verbs: Verb[] = ["create", "update", "remove"];

async function writeLines(ctx: HostCtx, count: number, line = "") {
  for (let n = 0; n < count; n++) await ctx.db.insert("audit", { line });
}

describe("what is left of the transaction decides the size of a batch, before anything is written", () => {
  test.each(verbs)(
    "%s, when the host's own mutation has read most of its bytes",
    async (verb) => {
      const t = deploy({ limits: { bytesRead: 3 * MiB } });
      const ids = await fill(t, "ada", 10, page);
      const attempt = (reads: number) =>
        t.mutation(async (ctx) => {
          for (let n = 0; n < reads; n++) {
            await small.as("ada").get(ctx, { id: ids[n % 10]! });
          }
          return await batches(ids)[verb](ctx);
        });
      expect(await refused(t, () => attempt(110))).toMatchObject({
        code: "BATCH_TOO_LARGE",
        what: "bytesRead",
      });
      expect(await attempt(60)).toMatchObject({ succeeded: 10 });
    },
  );

  test.each(verbs)("%s, when it has used most of its writes", async (verb) => {
    const t = deploy({ limits: { documentsWritten: 30 } });
    const ids = await fill(t, "ada", 10);
    const attempt = (lines: number) =>
      t.mutation(async (ctx) => {
        await writeLines(ctx, lines);
        return await batches(ids)[verb](ctx);
      });
    expect(await refused(t, () => attempt(21))).toMatchObject({
      code: "BATCH_TOO_LARGE",
      what: "documentsWritten",
      limit: 30,
    });
    expect(await attempt(20)).toMatchObject({ succeeded: 10 });
  });

  test.each(["create", "update"] as const)(
    "%s, when it has written most of its bytes",
    async (verb) => {
      const t = deploy({ limits: { bytesWritten: 2 * MiB } });
      const ids = await fill(t, "ada", 20, page);
      const attempt = (lines: number) =>
        t.mutation(async (ctx) => {
          await writeLines(ctx, lines, "x".repeat(100_000));
          return await batches(ids)[verb](ctx);
        });
      expect(await refused(t, () => attempt(8))).toMatchObject({
        code: "BATCH_TOO_LARGE",
        what: "bytesWritten",
      });
      expect(await attempt(6)).toMatchObject({ succeeded: 20 });
    },
  );

  test.each([
    ["databaseQueries", { databaseQueries: 100 }],
    ["documentsRead", { documentsRead: 100 }],
  ])("update, when few %s are left", async (what, limits) => {
    const t = deploy({ limits });
    const ids = await fill(t, "ada", 10);
    const others = await fill(t, "ada", 85);
    const attempt = (reads: number) =>
      t.mutation(async (ctx) => {
        for (const id of others.slice(0, reads)) {
          await docs.as("ada").get(ctx, { id });
        }
        return await batches(ids).update(ctx);
      });
    expect(await refused(t, () => attempt(85))).toMatchObject({
      code: "BATCH_TOO_LARGE",
      what,
    });
    expect(await attempt(60)).toMatchObject({ succeeded: 10 });
  });

  test("100 documents of 256 kB are refused before Convex's own limit breaks", async () => {
    const t = deploy();
    const ids = await fill(t, "ada", 100, "x".repeat(255_000));
    for (const verb of ["update", "remove"] as const) {
      const data = await refusal(t.mutation(batches(ids, docs)[verb]));
      expect(data).toMatchObject({
        code: "BATCH_TOO_LARGE",
        what: "bytesRead",
      });
    }
    const versions = (await rows(t)).map((row) => row["version"]);
    expect(versions).toEqual(Array(100).fill(1));
    // As many as fit are written.
    const few = batches(ids.slice(0, 24), docs);
    expect(await t.mutation(few.update)).toMatchObject({ succeeded: 24 });
  }, 30_000);

  test("100 new documents of 256 kB are refused by their bytes to write", async () => {
    const t = deploy();
    const item = { title: "A", content: "x".repeat(255_000) };
    const items = Array<typeof item>(100).fill(item);
    const data = await refused(t, () =>
      people(t).ada.mutation((ctx) => docs.batchCreate(ctx, { items })),
    );
    expect(data).toMatchObject({
      code: "BATCH_TOO_LARGE",
      what: "bytesWritten",
    });
  });

  test("as many of the largest as one call may name can be read in one transaction", async () => {
    const t = deploy();
    const ids = await fill(t, "ada", 44, "x".repeat(255_000));
    const read = (count: number) =>
      people(t).ada.query(async (ctx) => {
        const many = await docs.getMany(ctx, { ids: ids.slice(0, count) });
        return many.length;
      });
    expect(await read(43)).toBe(43);
    expect(await refusal(read(44))).toMatchObject({
      code: "BATCH_TOO_LARGE",
      what: "items",
      limit: 43,
    });
  });
});

test("a partial batch that is too large is refused as a whole: it is no item's fault", async () => {
  const t = deploy({ limits: { documentsWritten: 25 } });
  const ids = await fill(t, "ada", 20);
  const data = await refused(t, () =>
    t.mutation(async (ctx) => {
      await writeLines(ctx, 10);
      const mode = "partial";
      return await docs.as("ada").batchRemove(ctx, { ids, mode });
    }),
  );
  expect(data).toMatchObject({ code: "BATCH_TOO_LARGE", limit: 25 });
});

test("a host that catches the refusal goes on with what it has", async () => {
  const t = deploy({ limits: { documentsWritten: 12 } });
  const ids = await fill(t, "ada", 10);
  const before = await rows(t);
  await t.mutation(async (ctx) => {
    await writeLines(ctx, 5);
    const { code } = await refusal(batches(ids).remove(ctx));
    await ctx.db.insert("audit", { line: code });
  });
  const after = await contents(t);
  expect(after.documents).toEqual(before);
  expect(after.audit.at(-1)).toMatchObject({ line: "BATCH_TOO_LARGE" });
});

test.each(["update", "remove"] as const)(
  "%s with hooks, which read more, is refused with a code and not by Convex",
  async (verb) => {
    const t = deploy({ limits: { bytesRead: 4 * MiB } });
    const ids = await fill(t, "ada", 100, page);
    const hooked = new Docs(components.docs, {
      fields,
      identify,
      maxDocumentBytes: 20 * KiB,
      access: (_ctx, { byDefault }) => byDefault,
      onChange: () => undefined,
    });
    const attempt = (count: number) =>
      t.mutation(batches(ids.slice(0, count), hooked)[verb]);
    expect(await refused(t, () => attempt(100))).toMatchObject({
      code: "BATCH_TOO_LARGE",
      what: "bytesRead",
    });
    expect(await attempt(20)).toMatchObject({ succeeded: 20 });
  },
);

/** Everything that an answer says of other owners' documents: what is the same for all of them. */
async function answersAbout(
  using: typeof docs,
  own: number,
  foreign: string[],
) {
  const t = deploy();
  const { bob } = people(t);
  const mine = await fill(t, "bob", own, "x".repeat(200_000));
  const ids: Record<string, string[]> = { nothing: foreign };
  for (const bytes of [0, 1_000, 200_000]) {
    const many = await fill(t, "ada", foreign.length, "y".repeat(bytes));
    ids[`hidden, of ${bytes} bytes`] = many;
  }
  const answers = new Set<string>();
  for (const named of Object.values(ids)) {
    const call = bob.mutation((ctx) =>
      using.batchUpdate(ctx, {
        ids: [...named, ...mine],
        updates: { title: "T" },
        mode: "partial",
      }),
    );
    const answer = await call.then(
      ({ succeeded, failed }) => ({ succeeded, failed }),
      (error: unknown) => (error as { data: unknown }).data,
    );
    answers.add(JSON.stringify(answer));
  }
  return [...answers];
}

describe.each([
  ["plain", {}],
  [
    "access",
    { access: (_: unknown, ask: { byDefault: boolean }) => ask.byDefault },
  ],
  ["onChange", { onChange: () => undefined }],
])("whether a batch fits, %s,", (_, hook) => {
  const using = new Docs(components.docs, { fields, identify, ...hook });
  test.each([
    ["too many of one's own", 80, 1],
    ["too many that are not there", 1, 90],
    ["few enough", 2, 8],
  ])(
    "does not depend on what the caller may not see: %s",
    async (_, own, count) => {
      const foreign = Array.from({ length: count }, (_, n) => `none${n}`);
      expect(await answersAbout(using, own, foreign)).toHaveLength(1);
    },
    60_000,
  );
});
