import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  fields,
  identify,
  type Deployment,
} from "../support/host.js";
import { hooked } from "./fixture/worker.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const start = () =>
  deploy({
    modules: { "./convex/worker.ts": () => import("./fixture/worker.js") },
  });

async function run(
  t: Deployment,
  titles: string[],
  args: Parameters<ReturnType<typeof hooked.as>["startBulk"]>[1],
) {
  for (const title of titles) {
    await t.mutation((ctx) =>
      docs.as("ada").create(ctx, { title, content: "" }),
    );
  }
  vi.advanceTimersByTime(1000);
  const { jobId } = await t.mutation((ctx) =>
    hooked.as("ada").startBulk(ctx, args),
  );
  await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
  const job = await t.query((ctx) =>
    hooked.as("ada").bulkStatus(ctx, { jobId }),
  );
  const audit = await t.run((ctx) => ctx.db.query("audit").collect());
  return { job, lines: audit.map(({ line }) => line) };
}

const publish = {
  operation: "update",
  updates: { status: "published" },
  where: {},
} as const;

test("a bulk operation calls the host's hooks for every document, in the transaction that writes it", async () => {
  const t = start();
  const { job, lines } = await run(t, ["a", "b"], publish);
  expect(job).toMatchObject({ state: "done", done: 2, failed: 0 });
  expect(lines).toEqual(["update a", "update b"]);
});

test("one document whose hook throws costs only itself, and what it said stays on the server", async () => {
  const t = start();
  const { job, lines } = await run(t, ["a", "poison", "b"], publish);
  expect(job).toMatchObject({ state: "done", done: 2, failed: 1 });
  expect(job?.failures).toMatchObject([{ error: { code: "INTERNAL" } }]);
  expect(JSON.stringify(job)).not.toContain("secret");
  // The poison's own line went with the rest of what its hook had written.
  expect(lines).toEqual(["update a", "update b"]);
});

/** Starts a bulk operation where a hook has to be asked, with the worker at this path. */
function startWith(t: Deployment, worker?: string) {
  const bare = new Docs(components.docs, {
    fields,
    identify,
    access: () => true,
    ...(worker && { worker: makeFunctionReference<"mutation">(worker) }),
  });
  return t.mutation((ctx) => bare.as("ada").startBulk(ctx, publish));
}

test("hooks without a worker: starting a bulk operation is refused with what to export and pass", async () => {
  await expect(startWith(start())).rejects.toThrow(
    /needs a function.*`worker = docs\.worker\(\)`.*worker: internal\.documents\.worker/s,
  );
});

test("the worker of these documents is taken", async () => {
  const t = start();
  await expect(startWith(t, "worker:worker")).resolves.toHaveProperty("jobId");
});

test.each([
  ["a function that does not exist", "worker:wroker"],
  ["a module that does not exist", "wroker:worker"],
  ["a query", "worker:aQuery"],
  ["a mutation that answers something else", "worker:anotherMutation"],
  ["the worker of another mount", "worker:workerOfNotes"],
])(
  "a worker that is %s is refused with what to export and pass",
  async (_what, path) => {
    const t = deploy({
      mounts: ["docs", "notes"],
      modules: { "./convex/worker.ts": () => import("./fixture/worker.js") },
    });
    await expect(startWith(t, path)).rejects.toThrow(
      /passed as `worker` is missing, or is not the one that this Docs makes.*worker: internal\.documents\.worker/s,
    );
  },
);

test("an anonymous caller is refused as one, whatever the worker", async () => {
  const t = start();
  const call = t.mutation((ctx) => hooked.startBulk(ctx, publish));
  await expect(call).rejects.toMatchObject({ data: { code: "UNAUTHORIZED" } });
});
