/**
 * An operator's functions, internal ones and those for a page.
 */
import { makeFunctionReference, queryGeneric } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs, type ExportPage } from "../../../src/client/index.js";
import { components, deploy, fields, identify } from "../../support/host.js";
import {
  docs,
  everything,
  fillPerson,
  MAIL,
  PERSON,
  populate,
  START,
  system,
} from "../../support/person.js";
import { settle } from "../../support/tasks.js";

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const authorize = async (ctx: {
  auth: { getUserIdentity(): Promise<{ subject: string } | null> };
}) => {
  const { subject } = (await ctx.auth.getUserIdentity()) ?? {};
  if (subject !== "operator") throw new Error("Operators only.");
};
const mutation = (name: string) =>
  makeFunctionReference<
    "mutation",
    Record<string, string | number>,
    { runId: string }
  >(name);
const query = (name: string) =>
  makeFunctionReference<
    "query",
    Record<string, string>,
    { state: string } | null
  >(name);

test("holds, erases, shows how far it is, and the receipt", async () => {
  const t = deploy({
    modules: { "./convex/privacy.ts": () => Promise.resolve(docs.operator()) },
  });
  const [held = ""] = await fillPerson(t, 2, 1);
  const whose = { userId: PERSON };
  await t.mutation(mutation("privacy:hold"), { id: held });
  await t.mutation(mutation("privacy:erase"), whose);
  const receipt = () => t.query(query("privacy:erasure"), whose);
  expect(await receipt()).toMatchObject({ state: "running" });
  await settle(t);
  expect(await receipt()).toMatchObject({ state: "partial", failed: 1 });
  await t.mutation(mutation("privacy:release"), { id: held });
  await t.mutation(mutation("privacy:erase"), whose);
  await settle(t);
  expect(await receipt()).toMatchObject({ state: "done", failed: 0 });
  expect((await everything(t)).documents).toEqual([]);
});

test("on a page each asks who is there first", async () => {
  const functions = docs.operator({ authorize });
  const t = deploy({
    modules: { "./convex/privacy.ts": () => Promise.resolve(functions) },
  });
  const [id = ""] = await fillPerson(t, 1, 1);
  const operator = t.withIdentity({ subject: "operator" });
  const calls = [
    [mutation("privacy:hold"), { id }],
    [mutation("privacy:release"), { id }],
    [mutation("privacy:erase"), { userId: PERSON }],
    [mutation("privacy:forgetRevision"), { id, version: 1 }],
  ] as const;
  const before = await everything(t);
  for (const who of [t, t.withIdentity({ subject: PERSON })]) {
    for (const [call, args] of calls)
      await expect(who.mutation(call, args)).rejects.toThrow("Operators only.");
    for (const name of ["privacy:erasure", "privacy:exportPage"]) {
      const asked = who.query(query(name), { userId: PERSON });
      await expect(asked).rejects.toThrow("Operators only.");
    }
  }
  expect(await everything(t)).toEqual(before);
  for (const [call, args] of calls) await operator.mutation(call, args);
  expect((await everything(t)).revisions).toEqual([]);
  const found = await operator.query(query("privacy:erasure"), {
    userId: PERSON,
  });
  expect(found).toMatchObject({ state: "running" });
  for (const [name, made] of Object.entries(functions))
    expect([name, (made as unknown as { isPublic: boolean }).isPublic]).toEqual(
      [name, true],
    );
});

describe("what there is of a person", () => {
  const { title: _title, ...rest } = fields;
  /** The host of today: what `docs` wrote has a field that it declares no more. */
  const later = new Docs(components.docs, { fields: rest, identify });
  const own = {
    ...later.operator(),
    mine: queryGeneric({
      args: {},
      returns: later.validators.exportPage,
      handler: (ctx) =>
        later.asSystem("test").exportPage(ctx, { userId: PERSON }),
    }),
  };
  const page = (name: string) =>
    makeFunctionReference<
      "query",
      { userId?: string; principals?: string[]; cursor?: string | null },
      ExportPage<typeof rest>
    >(`privacy:${name}`);

  test("goes through functions that Convex checks, with fields of an earlier declaration, and over every page", async () => {
    const t = deploy({
      modules: { "./convex/privacy.ts": () => Promise.resolve(own) },
    });
    await populate(t, 30, 20);
    const person = { userId: PERSON, principals: [MAIL] };
    const items: ExportPage<typeof rest>["items"] = [];
    let cursor: string | null = null;
    do {
      const found: ExportPage<typeof rest> = await t.query(page("exportPage"), {
        ...person,
        cursor,
      });
      items.push(...found.items);
      cursor = found.cursor;
    } while (cursor !== null);
    const all: typeof items = [];
    await t.query(async (ctx) => {
      for await (const some of system.export(ctx, person)) all.push(...some);
    });
    expect(items).toEqual(all);
    expect(new Set(items.map(({ kind }) => kind)).size).toBe(7);
    const document = items.find(({ kind }) => kind === "document");
    expect(document).toMatchObject({ document: { title: "by Ada" } });
    const mine = await t.query(page("mine"), {});
    expect(mine.items).toEqual(items.slice(0, mine.items.length));
  });

  test("is not told apart from another kind by accident", async () => {
    const wrong = {
      wrong: queryGeneric({
        args: {},
        returns: later.validators.exportPage,
        handler: () => ({ items: [{ kind: "secret" }], cursor: null }) as never,
      }),
    };
    const t = deploy({
      modules: { "./convex/privacy.ts": () => Promise.resolve(wrong) },
    });
    await expect(t.query(page("wrong"), {})).rejects.toThrow(/Validator/);
  });
});

test("without a history there is nothing to forget", () => {
  const plain = new Docs(components.docs, { fields, identify });
  expect(Object.keys(plain.operator())).toEqual([
    "hold",
    "release",
    "erase",
    "erasure",
    "exportPage",
  ]);
});
