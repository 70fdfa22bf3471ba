/**
 * An operator's functions, internal ones and those for a page.
 */
import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploy } from "../../support/host.js";
import {
  docs,
  everything,
  fillPerson,
  PERSON,
  START,
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
  makeFunctionReference<"mutation", Record<string, string>, { runId: string }>(
    name,
  );
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
  ] as const;
  const before = await everything(t);
  for (const who of [t, t.withIdentity({ subject: PERSON })]) {
    for (const [call, args] of calls)
      await expect(who.mutation(call, args)).rejects.toThrow("Operators only.");
    const asked = who.query(query("privacy:erasure"), { userId: PERSON });
    await expect(asked).rejects.toThrow("Operators only.");
  }
  expect(await everything(t)).toEqual(before);
  for (const [call, args] of calls) await operator.mutation(call, args);
  const found = await operator.query(query("privacy:erasure"), {
    userId: PERSON,
  });
  expect(found).toMatchObject({ state: "running" });
  for (const [name, made] of Object.entries(functions))
    expect([name, (made as unknown as { isPublic: boolean }).isPublic]).toEqual(
      [name, true],
    );
});
