/**
 * "Change your fields" of documents.md, step by step.
 */
import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import page from "../../docs/documents.md?raw";
import { Docs, retired } from "../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  people,
  type Deployment,
} from "../support/host.js";
import { rows } from "../support/stored.js";
import { todos, todosAfter } from "./fixture/todos.js";
import module from "./fixture/todos.js?raw";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The documents as they were declared before. */
const before = new Docs(components.docs, {
  fields: { name: v.string(), color: v.optional(v.string()) },
  identify,
  trash: true,
});

async function move(t: Deployment, step: "fill" | "clear") {
  vi.advanceTimersByTime(1000);
  const start = makeFunctionReference<"mutation">(`todos:${step}`);
  const call = { ownerId: "ada" };
  const { jobId } = (await t.mutation(start, call)) as { jobId: string };
  await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
  return await t.query((ctx) =>
    todos.asSystem("test").bulkStatus(ctx, { jobId }),
  );
}

const fieldsOf = async (t: Deployment) =>
  (await rows(t)).map(({ fields }) => fields);

test("add, require, rename, remove: no document is lost or locked at any step", async () => {
  const t = deploy({
    modules: { "./convex/todos.ts": () => import("./fixture/todos.js") },
  });
  const { ada } = people(t);
  const make = (name: string) =>
    ada.mutation((ctx) => before.create(ctx, { name, color: "red" }));
  const { id } = await make("A");
  const written = await make("B");
  const { id: inTrash } = await make("C");
  await ada.mutation((ctx) => before.remove(ctx, { id: inTrash }));

  // The first deploy: what is written moves at once, and a client of before goes on.
  await ada.mutation((ctx) => todos.update(ctx, { id, priority: 3 }));
  await ada.mutation((ctx) =>
    before.update(ctx, { id: written.id, color: "blue" }),
  );
  expect(await move(t, "fill")).toMatchObject({ state: "done", failed: 0 });
  const old = { color: "red" };
  expect(await fieldsOf(t)).toEqual([
    { name: "A", title: "A", priority: 3, ...old },
    { name: "B", title: "B", priority: 1, color: "blue" },
    { name: "C", ...old },
  ]);
  // A page of before, which sends a name.
  const update = makeFunctionReference<"mutation">("todos:update");
  await ada.mutation(update, { id: written.id, name: "B2" });
  expect(await move(t, "clear")).toMatchObject({ state: "done", failed: 0 });
  expect((await fieldsOf(t)).slice(0, 2)).toEqual([
    { title: "A", priority: 3 },
    { title: "B2", priority: 1 },
  ]);

  // The last deploy. What was in the trash still has the old fields, and is not locked.
  await ada.mutation((ctx) => todosAfter.update(ctx, { id, title: "A2" }));
  await ada.mutation((ctx) => todosAfter.restore(ctx, { id: inTrash }));
  await ada.mutation((ctx) =>
    todosAfter.update(ctx, { id: inTrash, title: "C2" }),
  );
  expect(await fieldsOf(t)).toEqual([
    { title: "A2", priority: 3 },
    { title: "B2", priority: 1 },
    { name: "C", color: "red", title: "C2", priority: 1 },
  ]);
  await ada.mutation((ctx) =>
    todosAfter.update(ctx, {
      id: inTrash,
      unset: [retired("name"), retired("color")],
    }),
  );
  expect((await fieldsOf(t))[2]).toEqual({ title: "C2", priority: 1 });
});

test("the page shows the code that these steps run", () => {
  // Who calls and the mount are the test's own.
  const squeeze = (code: string) =>
    code
      .replaceAll(/^ *identify.*$/gm, "")
      .replaceAll(/components\.\w+/g, "")
      .replaceAll("todosAfter", "todos")
      .replaceAll(/[\s,]/g, "");
  const run = module.matchAll(/^export const [\s\S]*?;\n(?=\n|$)/gm);
  const parts = [...run].map(([part]) => squeeze(part));
  expect(parts).toHaveLength(6);
  for (const part of parts) expect(squeeze(page)).toContain(part);
});
