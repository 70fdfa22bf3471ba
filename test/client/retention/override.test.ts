import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { components } from "../../support/host.js";
import {
  cleanUp,
  DAY,
  deployRetention,
  idsLeft,
  kill,
  left,
  put,
  runs,
  start,
  batch,
  drain,
} from "../../support/retention.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type World = ReturnType<typeof deployRetention>;
type Rule = Parameters<
  ReturnType<World["docs"]["asSystem"]>["setRetention"]
>[1];
const set = ({ t, docs }: World, rule: Partial<Rule>) =>
  t.mutation((ctx) =>
    docs.asSystem("test").setRetention(ctx, {
      ownerId: "ada",
      status: "draft",
      olderThan: "default",
      ...rule,
    }),
  );

test("an owner's own rule, longer or shorter, goes before the policy", async () => {
  const world = deployRetention({ batchSize: 7 });
  const { t } = world;
  await set(world, { ownerId: "long", olderThan: { days: 90 } });
  await set(world, { ownerId: "short", olderThan: { days: 2 } });
  await put(t, 31 * DAY, 10, { owner: "plain" });
  const long = await put(t, 31 * DAY, 10, { owner: "long" });
  await put(t, 91 * DAY, 10, { owner: "long" });
  await put(t, 3 * DAY, 10, { owner: "short" });
  const short = await put(t, DAY, 3, { owner: "short" });
  const plain = await put(t, 29 * DAY, 3, { owner: "plain" });
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([...long, ...short, ...plain]);
});

test("an owner who keeps everything keeps it, but for what has a time of its own", async () => {
  const world = deployRetention();
  const { t } = world;
  await set(world, { olderThan: "never" });
  const kept = await put(t, 999 * DAY, 3);
  await put(t, 999 * DAY, 3, { expiresAt: Date.now() });
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(kept);
});

test("in an owner's own range too, pinned documents and those with a time of their own stay", async () => {
  const world = deployRetention({ batchSize: 3 });
  const { t } = world;
  await set(world, { olderThan: { days: 2 } });
  const pinned = await put(t, 3 * DAY, 9, { pinned: true });
  const timed = await put(t, 3 * DAY, 9, { expiresAt: Date.now() + DAY });
  await put(t, 3 * DAY, 9);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([...pinned, ...timed]);
});

test("a rule by creation counts from there for such an owner too", async () => {
  const world = deployRetention({
    policies: [{ status: "draft", olderThan: { days: 30 }, by: "createdAt" }],
  });
  const { t, docs } = world;
  await set(world, { olderThan: { days: 60 } });
  const [edited = ""] = await put(t, 0);
  vi.advanceTimersByTime(40 * DAY);
  const later = await put(t, 0);
  await cleanUp(t);
  vi.advanceTimersByTime(21 * DAY);
  await t.mutation((ctx) =>
    docs.as("ada").update(ctx, { id: edited, title: "edited" }),
  );
  expect(await idsLeft(t)).toEqual([edited, ...later]);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(later);
});

test("taken back, the policy is the owner's again; changed, the new rule is", async () => {
  const world = deployRetention();
  const { t, docs } = world;
  const rules = () =>
    t.query((ctx) =>
      docs.asSystem("test").getRetention(ctx, { ownerId: "ada" }),
    );
  await set(world, { olderThan: { days: 90 } });
  await set(world, { olderThan: "never" });
  expect(await rules()).toEqual([{ status: "draft", olderThanMs: null }]);
  await set(world, { olderThan: { days: 40 } });
  expect(await rules()).toEqual([{ status: "draft", olderThanMs: 40 * DAY }]);
  const ids = await put(t, 31 * DAY);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual(ids);
  await set(world, { olderThan: "default" });
  await set(world, { olderThan: "default" });
  expect(await rules()).toEqual([]);
  await cleanUp(t);
  expect(await idsLeft(t)).toEqual([]);
});

test("many owners with rules are a few in each batch, and a run that is killed goes on among them", async () => {
  const world = deployRetention();
  const { t } = world;
  for (let n = 0; n < 130; n += 1) {
    const owner = `owner ${String(n).padStart(3, "0")}`;
    await set(world, { ownerId: owner, olderThan: { days: 2 } });
    await put(t, 3 * DAY, 1, { owner });
  }
  await start(t);
  await batch(t);
  const some = (await left(t)).length;
  expect(some).toBeGreaterThan(50);
  expect(some).toBeLessThan(130);
  await kill(t);
  await drain(t);
  expect(await left(t)).toEqual([]);
  expect((await runs(t))[0]?.counts).toMatchObject({
    removed: 130,
    scanned: 130,
  });
});

test.each([
  [{ olderThan: { days: 0 } }, "olderThan"],
  [{ olderThan: { days: -1 } }, "olderThan"],
  [{ olderThan: { days: NaN } }, "olderThan"],
  [{ olderThan: { minutes: 5 } }, "olderThan"],
  [{ ownerId: " ", olderThan: { days: 1 } }, "ownerId"],
])("the rule %j is refused and changes nothing", async (rule, path) => {
  const world = deployRetention();
  await expect(set(world, rule)).rejects.toMatchObject({
    data: { code: "VALIDATION_FAILED", issues: [{ path }] },
  });
  const { ownerId = "ada" } = rule as { ownerId?: string };
  const found = await world.t.query((ctx) =>
    ctx.runQuery(components.docs.retention.overrides, { ownerId }),
  );
  expect(found).toEqual([]);
});
