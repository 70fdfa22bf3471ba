/**
 * A random read, sent and expected.
 */
import { expect } from "vitest";
import type { HostCtx } from "../host.js";
import type { AnyPage } from "../pages.js";
import { asRead, attempt, same, shown } from "./answers.js";
import type { Listed, Read } from "./commands.js";
import type { Doc, Result } from "./reference.js";
import type { World } from "./world.js";

export async function read(
  world: World,
  ctx: HostCtx,
  call: Read,
): Promise<void> {
  const using = world.operations(call.who);
  const actor = world.actor(call.who);
  const whose = world.whose(call.who, call.owner);
  const owner = world.user(call.owner);
  const { reference } = world;
  switch (call.do) {
    case "get": {
      const ids = call.ats.map((at) => world.id(at));
      const expected = ids.map((id) => shown(reference.get(actor, id)));
      const many = await using.getMany(ctx, { ids });
      same(many.map(asRead), expected);
      const one = await using.get(ctx, { id: ids[0]! });
      same(asRead(one), expected[0]);
      return;
    }
    case "getByKey": {
      const { key } = call;
      const real = await attempt(async () =>
        asRead(await using.getByKey(ctx, { key, ...whose })),
      );
      same(real, map(reference.getByKey(actor, owner, key), shown));
      return;
    }
    case "count": {
      const { upTo, status } = call;
      const which = status ? { status } : {};
      const real = await attempt(() =>
        using.count(ctx, { upTo, ...which, ...whose }),
      );
      const all = reference.list(actor, "own", "asc", {
        ownerId: owner,
        ...which,
      });
      same(
        real,
        map(all, ({ length }) => ({
          count: Math.min(length, upTo),
          more: length > upTo,
        })),
      );
      return;
    }
    case "search": {
      const { word, scope } = call;
      const real = await attempt(() =>
        using.search(ctx, {
          query: word,
          scope,
          limit: 100,
          ...(scope === "public" ? {} : whose),
        }),
      );
      const all = reference.list(actor, scope, "asc", { ownerId: owner });
      same(
        map(real, (found) => found.map(({ _id }) => _id).sort()),
        map(all, (docs) =>
          docs
            .filter(({ fields }) => fields.title.split(" ").includes(word))
            .map(({ id }) => id)
            .sort(),
        ),
      );
      return;
    }
    case "walk": {
      await walk(world, ctx, call, expectedList(world, call));
      return;
    }
    case "forge": {
      await forge(world, ctx, call, expectedList(world, call));
      return;
    }
  }
}

function expectedList(world: World, call: Read & Listed): Result<Doc[]> {
  const { scope, order, status } = call;
  const ownerId = world.user(call.owner);
  const which = status && scope === "own" ? { ownerId, status } : { ownerId };
  return world.reference.list(world.actor(call.who), scope, order, which);
}

type Options = { numItems: number; cursor: string | null; endCursor?: string };

async function load(
  world: World,
  ctx: HostCtx,
  call: Read & Listed,
  paginationOpts: Options,
): Promise<AnyPage> {
  const { scope, order, status } = call;
  const using = world.operations(call.who);
  const args = { order, paginationOpts };
  if (scope === "public") return await using.listPublic(ctx, args);
  const whose = { ...args, ...world.whose(call.who, call.owner) };
  if (scope === "trash") return await using.listTrash(ctx, whose);
  return await using.list(ctx, { ...whose, ...(status ? { status } : {}) });
}

/** Page after page: everything once and in order, and each page the same again when it is pinned. */
async function walk(
  world: World,
  ctx: HostCtx,
  call: Read & Listed,
  expected: Result<Doc[]>,
): Promise<void> {
  const { numItems } = call;
  const seen: unknown[] = [];
  for (let cursor: string | null = null; ;) {
    const options: Options = { numItems, cursor };
    const real: Result<AnyPage> = await attempt(() =>
      load(world, ctx, call, options),
    );
    if (!real.ok || !expected.ok) {
      same(real, expected);
      return;
    }
    const { page, isDone, continueCursor } = real.value;
    const pinned = { ...options, endCursor: continueCursor };
    same((await load(world, ctx, call, pinned)).page, page);
    expect(page.length).toBeLessThanOrEqual(numItems);
    seen.push(...page.map(asRead));
    world.cursors.push(continueCursor);
    if (isDone) break;
    cursor = continueCursor;
  }
  same(seen, map(expected, (docs) => docs.map(shown)).value);
}

/** Cursors of anybody's, of any list, or of nobody's: rows of the list that was asked for, once and in order, or a refusal. */
async function forge(
  world: World,
  ctx: HostCtx,
  call: Extract<Read, { do: "forge" }>,
  expected: Result<Doc[]>,
): Promise<void> {
  const pool = [null, ...world.cursors];
  const cursor = pool[call.cursor % pool.length] ?? null;
  const endCursor = pool[call.endCursor % pool.length];
  const options = {
    numItems: call.numItems,
    cursor,
    ...(endCursor ? { endCursor } : {}),
  };
  const real = await attempt(() => load(world, ctx, call, options));
  if (!expected.ok) {
    same(real, expected);
    return;
  }
  if (cursor === "[]" || endCursor === "[]") {
    expect(real).toMatchObject({ error: { code: "INVALID_CURSOR" } });
    return;
  }
  if (!real.ok) {
    expect(real).toMatchObject({ ok: true });
    return;
  }
  const all = expected.value.map(shown);
  const places = real.value.page.map((document) => {
    const text = JSON.stringify(document["_id" as never]);
    const place = all.findIndex((doc) => JSON.stringify(doc!["_id"]) === text);
    if (place >= 0) same(asRead(document), all[place]);
    return place;
  });
  // Places in the list, none of them outside it, each after the one before.
  expect(places).not.toContain(-1);
  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
  if (!endCursor) expect(places.length).toBeLessThanOrEqual(call.numItems);
}

function map<A, B>(
  result: Result<A>,
  change: (value: A) => B,
): Result<B> & { value?: B } {
  return result.ok ? { ok: true, value: change(result.value) } : result;
}
