/** What goes in and out: text, sizes, pages, ids. */
import { mutationGeneric } from "convex/server";
import { expect, test } from "vitest";
import {
  component,
  deploy,
  freshEachTest,
  mutation,
  type Ctx,
} from "./support.js";

freshEachTest();

const HALF = "a\ud83d";
const functions = {
  echo: mutationGeneric({
    handler: (_ctx, { s }: { s: string }) => Promise.resolve(s),
  }),
  answer: mutationGeneric({ handler: () => Promise.resolve(HALF) }),
  store: mutationGeneric({
    handler: async (ctx: Ctx) => {
      await ctx.db.insert("rows", { n: 1, s: HALF });
    },
  }),
};

test("half a surrogate pair is no argument, no result and no field", async () => {
  const { t } = deploy(functions);
  const refused = "half a surrogate pair";
  await expect(t.mutation(mutation("a:echo"), { s: HALF })).rejects.toThrow(
    refused,
  );
  await expect(t.mutation(mutation("a:answer"))).rejects.toThrow(refused);
  await expect(t.mutation(mutation("a:store"))).rejects.toThrow(refused);
});

test("a whole pair is text, and so is what looks like an escape", async () => {
  const { t } = deploy(functions);
  const s = "a \\ud83d b \u{1f600}";
  expect(await t.mutation(mutation("a:echo"), { s })).toBe(s);
});

test("with the rule off, half a pair is stored", async () => {
  const { t, rows } = deploy(functions, { surrogates: false });
  await t.mutation(mutation("a:store"));
  expect(await rows()).toBe(1);
});

test("arguments are 16 MiB at most", async () => {
  const args = { s: "x".repeat(2 ** 24 + 1) };
  const { t } = deploy(functions);
  await expect(t.mutation(mutation("a:echo"), args)).rejects.toThrow("16 MiB");
});

test("a component has no paginate()", async () => {
  const { t } = deploy();
  await expect(t.query(component.f.list)).rejects.toThrow(
    "only supported in the app",
  );
  const off = deploy({}, { paginate: false });
  expect(await off.t.query(component.f.list)).toMatchObject({ page: [] });
});

test("an id's old spelling is normalized", async () => {
  const { t, deployment } = deploy();
  const id = await t.run((ctx) => ctx.db.insert("rows", { n: 1 }));
  const old = deployment.oldSpelling(id);
  expect(old).toHaveLength(22);
  const normalized = () =>
    t.run((ctx) => Promise.resolve(ctx.db.normalizeId("rows", old)));
  expect(await normalized()).toBe(id);
});

test("with the rule off, an id has one spelling", async () => {
  const { t, deployment } = deploy({}, { oldIds: false });
  const id = await t.run((ctx) => ctx.db.insert("rows", { n: 1 }));
  const old = deployment.oldSpelling(id);
  expect(
    await t.run((ctx) => Promise.resolve(ctx.db.normalizeId("rows", old))),
  ).not.toBe(id);
});
