/**
 * `access`, `schema` and `onChange` together, and what of it holds in an action, where reading and writing are apart.
 */
import { expect, test } from "vitest";
import { z } from "zod";
import {
  Docs,
  type AccessRequest,
  type DocumentChange,
} from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  people,
  seed,
  seedMany,
  type Deployment,
  type HostCtx,
} from "../support/host.js";
import { refusal, refused } from "../support/refusals.js";
import { contents, row } from "../support/stored.js";

type Ask = AccessRequest<typeof fields>;
type Change = DocumentChange<typeof fields>;

const access = (_ctx: unknown, { document, userId, byDefault }: Ask) =>
  byDefault || (document.tags ?? []).includes(String(userId));
const schema = z.object({ title: z.string().trim().min(1, "Give a title.") });

const all = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  access,
  schema,
  onChange: async (ctx: HostCtx, { operation, after, userId }: Change) => {
    const line = `${operation} ${String(userId)} ${String(after?.title)}`;
    await ctx.db.insert("audit", { line });
    if (after?.title === "bad") throw new Error("the host says no");
  },
});

async function lines(t: Deployment) {
  return (await contents(t)).audit.map(({ line }) => line);
}

test("together: access decides, the schema shapes, onChange hears what is stored", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  const { id } = await ada.mutation((ctx) =>
    all.create(ctx, { title: " Plan ", content: "", tags: ["bob"] }),
  );
  const written = await bob.mutation((ctx) =>
    all.update(ctx, { id, title: "  Bob's plan " }),
  );
  expect(written).toEqual({ id, version: 2 });
  expect(await row(t, id)).toMatchObject({
    ownerId: "ada",
    fields: { title: "Bob's plan" },
  });
  await bob.mutation((ctx) => all.remove(ctx, { id }));
  expect(await lines(t)).toEqual([
    "create ada Plan",
    "update bob Bob's plan",
    "trash bob Bob's plan",
  ]);
});

test("together, in a batch: each has its say on each item, and all of them before anything is told", async () => {
  const t = deploy();
  const { bob } = people(t);
  const [shared] = await seedMany(t, "ada", 1, { tags: ["bob"] });
  const [secret] = await seedMany(t, "ada", 1);
  const [own, stale] = await seedMany(t, "bob", 2);
  const items = [
    { id: shared!, title: " one " },
    { id: secret!, title: "two" },
    { id: own!, title: " " },
    { id: stale!, title: "four", ifVersion: 9 },
    { id: own!, title: "five" },
    { id: shared!, title: "six" },
  ];
  const failures = [
    { index: 1, error: { code: "NOT_FOUND" } },
    { index: 2, error: { code: "VALIDATION_FAILED" } },
    { index: 3, error: { code: "CONFLICT" } },
    { index: 4, error: { code: "DUPLICATE_ID" } },
    { index: 5, error: { code: "DUPLICATE_ID" } },
  ];
  const data = await refused(t, () =>
    bob.mutation((ctx) => all.batchUpdate(ctx, { items })),
  );
  expect(data).toMatchObject({ code: "BATCH_FAILED", errors: failures });
  const { results } = await bob.mutation((ctx) =>
    all.batchUpdate(ctx, { items, mode: "partial" }),
  );
  expect(results).toMatchObject([
    { ok: true, id: shared, version: 2 },
    ...failures.map(({ error }) => ({ ok: false, error })),
  ]);
  expect(await lines(t)).toEqual(["update bob one"]);
});

test("together: a throw in onChange undoes the call for a non-owner too", async () => {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada", { tags: ["bob"] });
  const before = await row(t, id);
  const caught = await bob.mutation(async (ctx) => {
    const calls = [
      all.update(ctx, { id, title: " bad " }),
      all.create(ctx, { title: "bad", content: "" }),
    ];
    const ends = await Promise.allSettled(calls);
    return ends.map(({ status }) => status);
  });
  expect(caught).toEqual(["rejected", "rejected"]);
  expect((await contents(t)).documents).toEqual([before]);
});

test("hooks that say nothing of their own change no answer", async () => {
  const t = deploy();
  const { ada } = people(t);
  const mute = new Docs(components.docs, {
    fields,
    identify,
    access: (_ctx, { byDefault }) => byDefault,
    onChange: () => undefined,
    schema: z.object({}),
  });
  const both = async (args: (ids: string[]) => object) => {
    const answers = [];
    for (const way of [docs, mute]) {
      const ids = await seedMany(t, "ada", 2);
      ids.push(await seed(t, "bob"));
      const batch = { items: [], mode: "partial" as const, ...args(ids) };
      const answer = await ada.mutation((ctx) => way.batchUpdate(ctx, batch));
      answers.push(
        ids.reduce(
          (text, id, n) => text.replaceAll(id, `<${n}>`),
          JSON.stringify(answer),
        ),
      );
    }
    return answers;
  };
  for (const args of [
    ([a, b, c]: string[]) => ({ items: [{ id: a }, { id: b }, { id: c }] }),
    ([a, _, c]: string[]) => ({
      items: [
        { id: c },
        { id: c },
        { id: a, ifVersion: 4 },
        { id: a, title: "again" },
      ],
    }),
    ([a, b]: string[]) => ({
      items: [
        { id: a, title: "A", ifVersion: 1 },
        { id: b, content: "x".repeat(300_000) },
        { id: "gone", title: "x" },
      ],
    }),
  ]) {
    const [plain, hooked] = await both(args);
    expect(hooked).toBe(plain);
  }
});

test.each([
  ["access", { access }],
  ["schema", { schema }],
])(
  "from an action, %s judges one version: a change in between is a CONFLICT",
  async (_, hook) => {
    const t = deploy();
    const judged = new Docs(components.docs, { fields, identify, ...hook });
    const [id, other] = await seedMany(t, "ada", 2);
    const data = await t.action(async (ctx) => {
      // Between the judgement and the write, somebody else writes.
      let reads = 0;
      let writes = 0;
      const interrupted = {
        ...ctx,
        // One call is as good as another here: only what happens between them counts.
        runQuery: (async (query: never, args: never) => {
          const found: unknown = await ctx.runQuery(query, args);
          if (reads++ === 0) {
            const title = `meanwhile ${++writes}`;
            await docs.as("ada").update(ctx, { id: id!, title });
          }
          return found;
        }) as typeof ctx.runQuery,
      };
      const ada = judged.as("ada");
      const single = await refusal(
        ada.update(interrupted, { id: id!, title: "mine" }),
      );
      reads = 0;
      const items = [
        { id: id!, title: "mine" },
        { id: other!, title: "fine" },
      ];
      const batch = await ada.batchUpdate(interrupted, {
        items,
        mode: "partial",
      });
      return { single, batch };
    });
    expect(data).toMatchObject({
      single: { code: "CONFLICT", expected: 1, actual: 2 },
      batch: { succeeded: 1, failed: 1 },
    });
    expect(await row(t, id!)).toMatchObject({
      fields: { title: "meanwhile 2" },
    });
    expect(await row(t, other!)).toMatchObject({ fields: { title: "fine" } });
  },
);

test("from an action, writes without hooks work as anywhere", async () => {
  const t = deploy();
  const { ada } = people(t);
  const { id, version } = await ada.action((ctx) =>
    docs.create(ctx, { title: "A", content: "" }),
  );
  expect(version).toBe(1);
  await ada.action((ctx) => docs.update(ctx, { id, title: "B", ifVersion: 1 }));
  expect(await ada.action((ctx) => docs.get(ctx, { id }))).toMatchObject({
    title: "B",
    version: 2,
  });
});
