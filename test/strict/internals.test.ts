/** Strictness itself: that it notices when it is not in place. */
import { convexTest } from "convex-test";
import { internalMutationGeneric } from "convex/server";
import { expect, test } from "vitest";
import { deploymentOf, strict } from "../../dev/strict/index.js";
import { PENDING, suiteRules } from "../../dev/strict/rules.js";
import { deploy, freshEachTest, mutation } from "./support.js";
import { rulesNow } from "./suite.js";

freshEachTest();

const modules = { "./convex/_generated/api.js": () => Promise.resolve({}) };

test("every convexTest of this suite is strict, under the suite's rules", () => {
  expect(deploymentOf(convexTest({ modules })).rules).toEqual(rulesNow());
});

test("every rule is on but those that are pending or named in STRICT_OFF", () => {
  const off = (value?: string) =>
    Object.entries(suiteRules(value)).flatMap(([name, on]) =>
      on ? [] : [name],
    );
  expect(off()).toEqual([...PENDING]);
  expect(off("reads,abort").sort()).toEqual(
    [...PENDING, "reads", "abort"].sort(),
  );
  expect(Object.values(suiteRules("all"))).not.toContain(true);
  expect(() => suiteRules("read")).toThrow(
    'STRICT_OFF names no rule "read". The rules are handles,',
  );
});

test("a t with an identity belongs to the same deployment", () => {
  const { t, deployment } = deploy();
  expect(deploymentOf(t.withIdentity({ subject: "ada" }))).toBe(deployment);
  expect(() => deploymentOf({})).toThrow("not made by strict(convexTest)");
});

test("a convex-test that lacks a method is refused", () => {
  const other = (() => ({ query: () => null })) as unknown as typeof convexTest;
  expect(() => strict(other)({ modules })).toThrow(
    "convex-test is not as version 0.0.60, for which dev/strict/internals.ts is written: what it returns has no mutation().",
  );
});

test("a convex-test that runs functions past our handlers is refused", async () => {
  const root = Object.fromEntries(
    [
      "query",
      "mutation",
      "action",
      "run",
      "runInComponent",
      "withIdentity",
      "withRequestMetadata",
      "registerComponent",
    ].map((method) => [method, () => Promise.resolve("ran")]),
  );
  const other = (() => root) as unknown as typeof convexTest;
  const t = strict(other)({ modules });
  await expect(t.mutation(mutation("a:b"))).rejects.toThrow(
    "a function ran without the handler that was put around it.",
  );
});

test("a syscall that no rule was written for is refused", async () => {
  const syscalls = globalThis as unknown as {
    Convex: { asyncSyscall(op: string, json: string): Promise<string> };
  };
  const novel = internalMutationGeneric({
    handler: () => syscalls.Convex.asyncSyscall("2.0/get", "{}"),
  });
  const { t } = deploy({ novel });
  await expect(t.mutation(mutation("a:novel"))).rejects.toThrow(
    'there is a syscall "2.0/get".',
  );
});
