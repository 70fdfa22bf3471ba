/**
 * A random write, sent and expected.
 */
import { expect } from "vitest";
import type { HostCtx } from "../host.js";
import { attempt, same, withoutWords } from "./answers.js";
import type { Write } from "./commands.js";
import type { Plan, Refusal, Result, Told } from "./reference.js";
import { told, type World } from "./world.js";

type ItemResult =
  { ok: true; id: string; version: number } | { ok: false; error: Refusal };

export async function write(
  world: World,
  ctx: HostCtx,
  call: Write,
): Promise<void> {
  told.length = 0;
  const expected = expectedOf(world, call);
  const real = await attempt(() => send(world, ctx, call));
  if (!expected.ok || !real.ok) {
    same(real, expected);
    return;
  }
  const changes: Told[] = [];
  const results = expected.value.map((plan, n): ItemResult => {
    if (!plan.ok) return plan;
    const { before, after } = plan.value;
    const given = real.value[n];
    const id = before?.id ?? (given?.ok ? given.id : "");
    // A new document's id is one that nobody has met.
    if (!before) {
      expect(["", ...world.met]).not.toContain(id);
      world.met.push(id);
    }
    const change = world.reference.carryOut(plan.value, id);
    if (change) changes.push(change);
    return { ok: true, id, version: (after ?? before)!.version };
  });
  same(real.value, results);
  if (world.hooked) same(told, changes);
}

/** What becomes of each item, or why of none. */
function expectedOf(world: World, call: Write): Result<Result<Plan>[]> {
  const { verb, mode, items } = call;
  const invalid = badPaths(call);
  const actor = world.actor(call.who);
  if (invalid.length > 0) {
    const further = actor.kind === "anonymous" ? [] : badKeys(call);
    const error = {
      code: "VALIDATION_FAILED",
      paths: [...invalid, ...further],
    };
    return { ok: false, error };
  }
  if (actor.kind === "anonymous") {
    return { ok: false, error: { code: "UNAUTHORIZED" } };
  }
  const seen = new Set<string>();
  const plans = items.map((item): Result<Plan> => {
    const { draft, to } = item;
    const id = world.id(item.at);
    // An empty key names nothing.
    const name = verb === "create" ? draft.key || undefined : id;
    if (name !== undefined && seen.has(name)) {
      const error =
        verb === "create"
          ? { code: "ALREADY_EXISTS", key: name }
          : { code: "DUPLICATE_ID", documentId: id };
      return { ok: false, error };
    }
    if (name !== undefined) seen.add(name);
    const { reference } = world;
    const ifVersion = versionOf(world, call, item.at, item.version);
    if (verb === "create") {
      return reference.planCreate(actor, world.user(call.owner), draft);
    }
    if (verb === "transfer") {
      return reference.planTransfer(actor, id, world.user(to), ifVersion);
    }
    if (verb !== "update") {
      return reference.planRemove(actor, id, verb, ifVersion);
    }
    const change = call.same ? items[0]!.change : item.change;
    const lock = ifVersion === undefined ? {} : { ifVersion };
    return reference.planUpdate(actor, id, { ...change, ...lock });
  });
  const errors = plans.flatMap((plan, index) =>
    plan.ok ? [] : [{ index, error: plan.error }],
  );
  if (errors.length === 0 || mode === "partial") {
    return { ok: true, value: plans };
  }
  const error =
    mode === "single" ? errors[0]!.error : { code: "BATCH_FAILED", errors };
  return { ok: false, error };
}

/** The paths of titles that are no text, and of a new owner who is nobody: the arguments are judged before anything else. */
function badPaths({ verb, mode, same: isSame, items }: Write): string[] {
  if (verb === "transfer") return items.some(isToNobody) ? ["to"] : [];
  if (verb !== "create" && verb !== "update") return [];
  if (verb === "update" && isSame && mode !== "single") {
    return items[0] && isBad(items[0].change) ? ["updates.title"] : [];
  }
  return items.flatMap(({ draft, change }, n) =>
    isBad(verb === "create" ? draft : change)
      ? [mode === "single" ? "title" : `items.${n}.title`]
      : [],
  );
}

function isBad({ title }: { title?: unknown }): boolean {
  return typeof title === "number";
}

/** The paths of empty keys beside such titles: everything that is wrong is told at once. */
function badKeys({ verb, mode, items }: Write): string[] {
  if (verb !== "create") return [];
  return items.flatMap(({ draft }, n) =>
    draft.key === "" ? [mode === "single" ? "key" : `items.${n}.key`] : [],
  );
}

function isToNobody({ to }: { to: number }): boolean {
  return to < 0;
}

/** A batch that names ids alone has no place for versions. */
function versionOf(
  world: World,
  { verb, mode, same: isSame }: Write,
  at: number,
  wanted: Write["items"][number]["version"],
): number | undefined {
  const locks =
    mode === "single" || (verb === "update" && !isSame) ? wanted : "any";
  return world.version(world.id(at), locks);
}

async function send(
  world: World,
  ctx: HostCtx,
  call: Write,
): Promise<ItemResult[]> {
  const { verb, mode, who, owner } = call;
  const using = world.operations(who, verb === "trash");
  const items = call.items.map(({ at, version, change, draft, to }) => {
    const id = world.id(at);
    const ifVersion = versionOf(world, call, at, version);
    const target = { id, ...(ifVersion === undefined ? {} : { ifVersion }) };
    return {
      create: { content: "", ...draft, ...world.whose(who, owner) },
      update: { ...change, ...target },
      transfer: { to: world.user(to), ...target },
      target,
    };
  });
  if (mode === "single") {
    const { create, update, transfer, target } = items[0]!;
    const verbs = {
      create: () => using.create(ctx, create),
      update: () => using.update(ctx, update),
      transfer: () => using.transfer(ctx, transfer),
      remove: () => using.remove(ctx, target),
      trash: () => using.remove(ctx, target),
      restore: () => using.restore(ctx, target),
      purge: () => using.purge(ctx, target),
    };
    return [{ ok: true, ...(await verbs[verb]()) }];
  }
  const ids = items.map(({ target }) => target.id);
  const updates = call.items[0]?.change ?? {};
  const drafts = items.map(({ create }) => create);
  const changes = items.map(({ update }) => update);
  const { results, succeeded, failed } = await (verb === "create"
    ? using.batchCreate(ctx, { items: drafts, mode })
    : verb !== "update"
      ? using.batchRemove(ctx, { ids, mode })
      : call.same
        ? using.batchUpdate(ctx, { ids, updates, mode })
        : using.batchUpdate(ctx, { items: changes, mode }));
  same(
    [succeeded, failed],
    [true, false].map((way) => results.filter(({ ok }) => ok === way).length),
  );
  return results.map((result) =>
    result.ok ? result : { ok: false, error: withoutWords(result.error) },
  );
}
