/**
 * What is held is there until it is released, whoever deletes and whatever is due.
 */
import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  docs as plain,
  people,
  type HostCtx,
} from "../../support/host.js";
import {
  docs as keeping,
  edit,
  get,
  list,
  make,
  MINUTE,
  revisions,
  START,
  withHistory,
} from "../../support/history.js";
import { refusal } from "../../support/refusals.js";
import {
  cleanUp,
  DAY,
  deployRetention,
  preview,
  put,
} from "../../support/retention.js";
import { row } from "../../support/stored.js";
import { settle } from "../../support/tasks.js";
import {
  cast,
  forGood,
  made,
  options,
  docs as trashing,
} from "../sharing/world.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

type Cast = ReturnType<typeof cast>;

const hold = ({ t }: Pick<Cast, "t">, id: string) =>
  t.mutation((ctx) => forGood.asSystem("law").hold(ctx, { id }));
const release = ({ t }: Pick<Cast, "t">, id: string) =>
  t.mutation((ctx) => forGood.asSystem("law").release(ctx, { id }));

const holdKept = (t: Cast["t"], id: string) =>
  t.mutation((ctx) => keeping.asSystem("law").hold(ctx, { id }));

const held = { code: "FORBIDDEN", held: true };

test("neither its owner nor the system deletes it, alone or in a batch; once it is released they do", async () => {
  const c = cast();
  const id = await made(c);
  const free = await made(c);
  await hold(c, id);
  await hold(c, id);
  const removals = [
    (ctx: HostCtx) => forGood.remove(ctx, { id }),
    (ctx: HostCtx) => forGood.asSystem("x").remove(ctx, { id }),
  ];
  for (const remove of removals)
    expect(await refusal(c.ada.mutation(remove))).toMatchObject({
      ...held,
      documentId: id,
      message: `The document "${id}" is held: it can be deleted once it is released.`,
    });
  const whole = (ctx: HostCtx) => forGood.batchRemove(ctx, { ids: [free, id] });
  expect(await refusal(c.ada.mutation(whole))).toMatchObject({
    code: "BATCH_FAILED",
  });
  const { results } = await c.ada.mutation((ctx) =>
    forGood.batchRemove(ctx, { ids: [free, id], mode: "partial" }),
  );
  expect(results).toMatchObject([{ ok: true }, { ok: false, error: held }]);
  await release(c, id);
  await release(c, id);
  expect(await row(c.t, id)).not.toHaveProperty("held");
  await c.ada.mutation((ctx) => forGood.remove(ctx, { id }));
  expect(await row(c.t, id)).toBeUndefined();
});

test("it moves to the trash and back, and is not purged from there", async () => {
  const c = cast();
  const id = await made(c);
  await c.ada.mutation((ctx) => trashing.remove(ctx, { id }));
  await hold(c, id);
  const purge = (ctx: HostCtx) => trashing.purge(ctx, { id });
  expect(await refusal(c.ada.mutation(purge))).toMatchObject(held);
  await c.ada.mutation((ctx) => trashing.restore(ctx, { id }));
  await c.ada.mutation((ctx) => trashing.remove(ctx, { id }));
});

test("it is changed, transferred and shared as before, and nothing of it is shown", async () => {
  const c = cast();
  const id = await made(c);
  await hold(c, id);
  const before = await c.ada.query((ctx) => forGood.get(ctx, { id }));
  expect(before).toMatchObject({ version: 1 });
  expect(before).not.toHaveProperty("held");
  const expiresAt = START + DAY;
  await c.ada.mutation((ctx) =>
    forGood.update(ctx, { id, title: "U", expiresAt }),
  );
  await c.ada.mutation((ctx) =>
    forGood.share(ctx, { id, principal: "cy", role: "viewer" }),
  );
  await c.ada.mutation((ctx) => forGood.transfer(ctx, { id, to: "bob" }));
  const remove = (ctx: HostCtx) => forGood.remove(ctx, { id });
  expect(await refusal(c.bob.mutation(remove))).toMatchObject(held);
  // Whoever could not delete it is not told why it cannot be.
  expect(await refusal(c.cy.mutation(remove))).not.toHaveProperty("held");
  expect(await refusal(c.eve.mutation(remove))).toMatchObject({
    code: "NOT_FOUND",
  });
});

test("can answers as the deletion does", async () => {
  const c = cast();
  const id = await made(c);
  await hold(c, id);
  const can = (using: typeof forGood, operation: "remove" | "purge") =>
    c.ada.query((ctx) => using.can(ctx, { id, operation }));
  expect(await can(forGood, "remove")).toEqual({
    allowed: false,
    role: "owner",
    code: "FORBIDDEN",
  });
  expect(await can(trashing, "remove")).toMatchObject({ allowed: true });
  await c.ada.mutation((ctx) => trashing.remove(ctx, { id }));
  expect(await can(trashing, "purge")).toMatchObject({ allowed: false });
});

test("what is not there cannot be held", async () => {
  const c = cast();
  for (const change of [hold, release])
    expect(await refusal(change(c, "nonsense"))).toMatchObject({
      code: "NOT_FOUND",
      documentId: "nonsense",
    });
});

test("a call that a hook takes back leaves the hold", async () => {
  const c = cast();
  const id = await made(c);
  await hold(c, id);
  const refusing = new Docs(components.docs, {
    ...options,
    trash: false,
    onChange: () => {
      throw new Error("no");
    },
  });
  await c.ada.mutation(async (ctx) => {
    await expect(refusing.update(ctx, { id, title: "X" })).rejects.toThrow(
      "no",
    );
    expect(await refusal(refusing.remove(ctx, { id }))).toMatchObject(held);
  });
  expect(await row(c.t, id)).toMatchObject({ held: true, version: 1 });
});

test("a bulk operation leaves it out and goes on", async () => {
  const c = cast();
  const ids = [await made(c), await made(c), await made(c)];
  await hold(c, ids[1]!);
  const { jobId } = await c.ada.mutation((ctx) =>
    plain.asSystem("x").startBulk(ctx, {
      ownerId: "ada",
      ids,
      operation: "remove",
    }),
  );
  for (let steps = 0; steps < 3; steps += 1) {
    vi.advanceTimersByTime(MINUTE);
    await c.t.finishInProgressScheduledFunctions();
  }
  const status = await c.t.query((ctx) =>
    plain.asSystem("x").bulkStatus(ctx, { jobId }),
  );
  expect(status).toMatchObject({
    state: "done",
    done: 2,
    failures: [{ id: ids[1], error: held }],
  });
});

describe("retention", () => {
  test.each([[true], [false]])(
    "passes it over, with a trash: %s, counts no failure, and previews what it does",
    async (trash) => {
      const { t, docs } = deployRetention({ options: { trash } });
      const [due = "", kept = ""] = await put(t, 40 * DAY, 2);
      const system = docs.asSystem("law");
      await t.mutation((ctx) => system.hold(ctx, { id: kept }));
      const before = await preview(t, START);
      expect(before.cleanup[0]).toMatchObject({ count: 1, sample: [due] });
      await cleanUp(t);
      expect(await row(t, kept)).toMatchObject({ held: true, trashed: false });
      expect((await row(t, due))?.["trashed"]).toBe(trash ? true : undefined);
      expect((await preview(t, START)).quarantined).toEqual([]);
      await t.mutation((ctx) => system.release(ctx, { id: kept }));
      await cleanUp(t);
      expect((await row(t, kept))?.["trashed"]).toBe(trash ? true : undefined);
    },
  );

  test("does not purge it", async () => {
    const { t, docs } = deployRetention({ options: { trash: true } });
    const [id = ""] = await put(t, 90 * DAY, 1, {
      deletedAt: START - 80 * DAY,
    });
    await t.mutation((ctx) => docs.asSystem("law").hold(ctx, { id }));
    await cleanUp(t, "purgeTrash");
    expect(await row(t, id)).toBeDefined();
  });
});

describe("its revisions stay", () => {
  test("however many and however old they are", async () => {
    const one = withHistory({ keep: 1, for: { days: 1 }, coalesce: false });
    const { pruneHistory } = one.retention({ policies: [] });
    const t = deploy({
      modules: {
        "./convex/history.ts": () => Promise.resolve({ pruneHistory }),
      },
    });
    const [id, free] = [await make(t), await make(t)];
    await holdKept(t, id);
    for (let n = 0; n < 40; n += 1) {
      await edit(t, id, { title: `${n}` }, one);
      await edit(t, free, { title: `${n}` }, one);
    }
    await settle(t);
    const of = async (document: string) =>
      (await revisions(t)).filter(({ documentId }) => documentId === document)
        .length;
    expect(await of(id)).toBe(40);
    // Pruned when the 32nd was archived, or a little later.
    expect(await of(free)).toBeLessThan(10);
    vi.setSystemTime(START + 10 * DAY);
    await t.mutation(
      makeFunctionReference<"mutation">("history:pruneHistory"),
      {},
    );
    await settle(t);
    expect([await of(id), await of(free)]).toEqual([40, 0]);
    // Released, it is pruned as others are.
    await t.mutation((ctx) => one.asSystem("over").release(ctx, { id }));
    await t.mutation(
      makeFunctionReference<"mutation">("history:pruneHistory"),
      {},
    );
    await settle(t);
    expect(await of(id)).toBe(0);
  });

  test("no content of it is a step on the way", async () => {
    const t = deploy();
    const coalescing = withHistory({});
    const id = await make(t);
    await edit(t, id, { title: "A" }, coalescing);
    await edit(t, id, { title: "B" }, coalescing);
    const before = (await revisions(t)).length;
    await holdKept(t, id);
    await edit(t, id, { title: "C" }, coalescing);
    await edit(t, id, { title: "D" }, coalescing);
    expect((await revisions(t)).length).toBe(before + 2);
  });
});

describe("forgetRevision", () => {
  const forget = (t: Cast["t"], id: string, version: number) =>
    t.mutation((ctx) =>
      keeping.asSystem("a key").forgetRevision(ctx, { id, version }),
    );

  test("deletes one content, named or not, and its body, and leaves the others", async () => {
    const t = deploy();
    const id = await make(t, { content: "k".repeat(10_000) });
    await edit(t, id, { content: "two" });
    await edit(t, id, { content: "three" });
    await people(t).ada.mutation((ctx) =>
      keeping.nameRevision(ctx, { id, version: 1, name: "as sent" }),
    );
    await forget(t, id, 1);
    expect(await get(t, id, 1)).toBeNull();
    expect(await get(t, id, 2)).toMatchObject({ fields: { content: "two" } });
    const { page } = await list(t, id);
    expect(page.map(({ version }) => version)).toEqual([3, 2]);
    expect(await row(t, id)).toMatchObject({
      version: 3,
      head: { named: 0, n: 2 },
    });
  });

  test("refuses the present content, what is not kept, what is held, and what is not there", async () => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    expect(await refusal(forget(t, id, 2))).toMatchObject({
      code: "VALIDATION_FAILED",
      issues: [
        {
          path: "version",
          message: "Version is its present content. Change the document first.",
        },
      ],
    });
    expect(await refusal(forget(t, id, 9))).toMatchObject({
      code: "VALIDATION_FAILED",
    });
    await holdKept(t, id);
    expect(await refusal(forget(t, id, 1))).toMatchObject(held);
    expect(await refusal(forget(t, "nonsense", 1))).toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await revisions(t)).toHaveLength(1);
  });
});
