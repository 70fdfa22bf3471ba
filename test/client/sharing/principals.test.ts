/**
 * What else a user may act as.
 */
import { expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { components, deploy } from "../../support/host.js";
import { refused } from "../../support/refusals.js";
import { rows } from "../../support/stored.js";
import {
  cast,
  docs,
  made,
  options,
  paginationOpts,
  principals,
  world,
} from "./world.js";

test("a team's role counts for who acts as the team, up to what the host says, and no longer", async () => {
  const c = cast();
  const id = await made(c);
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "team:7", role: "editor" }),
  );
  world.held = {
    bob: ["team:7"],
    cy: [{ id: "team:7", upTo: "viewer" }],
    eve: ["team:77", "team:", "Team:7", "team:7 "],
  };
  const update = (who: typeof c.bob) => () =>
    who.mutation((ctx) => docs.update(ctx, { id, title: "X" }));
  await update(c.bob)();
  expect((await refused(c.t, update(c.cy))).code).toBe("FORBIDDEN");
  expect((await refused(c.t, update(c.eve))).code).toBe("NOT_FOUND");
  world.held = {};
  expect(await c.bob.query((ctx) => docs.get(ctx, { id }))).toBeNull();
  expect((await refused(c.t, update(c.bob))).code).toBe("NOT_FOUND");
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page).toEqual([]);
});

test("a write by many names reads the grants of others, and they do not count", async () => {
  const c = cast();
  const id = await made(c);
  world.held = { bob: ["team:1", "team:2", "team:3", "team:4"] };
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "cy", role: "manager" }),
  );
  const update = () =>
    c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" }));
  expect((await refused(c.t, update)).code).toBe("NOT_FOUND");
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id, principal: "team:4", role: "viewer" }),
  );
  expect((await refused(c.t, update)).code).toBe("FORBIDDEN");
});

test("of several ways in the highest counts, one's own among them", async () => {
  const c = cast();
  const id = await made(c);
  world.held = { bob: ["team:1", { id: "team:2", upTo: "commenter" }] };
  const members = [
    { principal: "bob", role: "viewer" as const },
    { principal: "team:1", role: "editor" as const },
    { principal: "team:2", role: "manager" as const },
  ];
  await c.ada.mutation((ctx) => docs.share(ctx, { id, members }));
  await c.bob.mutation((ctx) => docs.update(ctx, { id, title: "X" }));
  const archive = () =>
    c.bob.mutation((ctx) => docs.update(ctx, { id, status: "archived" }));
  expect((await refused(c.t, archive)).code).toBe("FORBIDDEN");
  const { page } = await c.bob.query((ctx) =>
    docs.listShared(ctx, { paginationOpts }),
  );
  expect(page).toMatchObject([{ role: "editor" }]);
});

test("the host is not asked about who works on what is theirs, and once about who does not", async () => {
  const c = cast();
  const own = await made(c);
  const others = [await made(c), await made(c)];
  await c.ada.query((ctx) => docs.getMany(ctx, { ids: [own, ...others] }));
  await c.ada.mutation((ctx) =>
    docs.batchUpdate(ctx, { ids: others, updates: { title: "X" } }),
  );
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id: own, principal: "bob", role: "editor" }),
  );
  await c.ada.query((ctx) => docs.members(ctx, { id: own }));
  await c.ada.query((ctx) => docs.list(ctx, { paginationOpts }));
  expect(world.asked).toBe(0);
  await c.bob.query((ctx) => docs.getMany(ctx, { ids: [own, ...others] }));
  expect(world.asked).toBe(1);
  await c.bob.mutation((ctx) => docs.update(ctx, { id: own, title: "Y" }));
  expect(world.asked).toBe(2);
  await c.t.query((ctx) => docs.get(ctx, { id: own }));
  expect(world.asked).toBe(2);
});

test("what is mine, what is shared and what is neither, in one call", async () => {
  const c = cast();
  const [shared, hidden] = [await made(c), await made(c)];
  world.held = { bob: ["team:7"] };
  await c.ada.mutation((ctx) =>
    docs.share(ctx, { id: shared, principal: "team:7", role: "viewer" }),
  );
  const { id: mine } = await c.bob.mutation((ctx) =>
    docs.create(ctx, { title: "Mine" }),
  );
  const ids = [hidden, mine, "rubbish", shared];
  const hooked = new Docs(components.docs, {
    ...options,
    principals,
    access: (_ctx, { byDefault }) => byDefault,
  });
  for (const using of [docs, hooked]) {
    expect(
      await c.bob.query((ctx) => using.getMany(ctx, { ids })),
    ).toMatchObject([null, { _id: mine }, null, { _id: shared }]);
  }
});

test("acting for somebody else, the caller's own token is not looked at", async () => {
  const c = cast();
  const id = await made(c);
  type Who = {
    auth: {
      getUserIdentity(): Promise<{ email?: string | undefined } | null>;
    };
  };
  const naive = new Docs(components.docs, {
    ...options,
    principals: async (ctx: Who) => {
      const who = await ctx.auth.getUserIdentity();
      return who?.email === undefined ? [] : [`email:${who.email}`];
    },
  });
  await c.ada.mutation((ctx) =>
    naive.share(ctx, { id, principal: "email:z@x.org", role: "editor" }),
  );
  const zed = c.t.withIdentity({ subject: "zed", email: "z@x.org" });
  expect(await zed.query((ctx) => naive.get(ctx, { id }))).not.toBeNull();
  expect(await zed.query((ctx) => naive.as("eve").get(ctx, { id }))).toBeNull();
});

test("a sixteenth team locks nobody out of what is theirs: the rest is cut off, with a warning", async () => {
  const c = cast();
  const id = await made(c);
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const teams = Array.from({ length: 40 }, (_, n) => `team:${n}`);
  world.held = { bob: ["bob", ...teams, "team:1"] };
  const see = () => c.bob.query((ctx) => docs.get(ctx, { id }));
  const share = (principal: string) =>
    c.ada.mutation((ctx) => docs.share(ctx, { id, principal, role: "viewer" }));
  await share("team:15");
  expect(await see()).toBeNull();
  expect(warn).toHaveBeenCalled();
  await share("team:14");
  expect(await see()).not.toBeNull();
  warn.mockRestore();
});

test.each([[[""]], [[5]], [[{ id: "team:7", upTo: "king" }]], [[null]]])(
  "principals that make no sense end the call: %j",
  async (held) => {
    const c = cast();
    const id = await made(c);
    world.held = { bob: held as never };
    await expect(c.bob.query((ctx) => docs.get(ctx, { id }))).rejects.toThrow(
      "a name that nobody acts by",
    );
  },
);

test("an error of the host's own is not taken for a question, and nothing runs twice", async () => {
  const c = cast();
  let told = 0;
  const failing = new Docs(components.docs, {
    ...options,
    principals,
    onChange: () => {
      told += 1;
      throw new Error("NOT_FOUND");
    },
  });
  const id = await made(c);
  await expect(
    c.ada.mutation((ctx) => failing.update(ctx, { id, title: "X" })),
  ).rejects.toThrow("NOT_FOUND");
  expect(told).toBe(1);
});

test("a bulk operation keeps the user alone, and asks what they may act as when a document's turn comes", async () => {
  vi.useFakeTimers();
  const worker = "worker:run";
  const inTeam = { bob: ["team:7"] };
  const bulk = new Docs(components.docs, {
    ...options,
    worker: worker as never,
    principals,
  });
  const modules = {
    "./convex/worker.ts": () => Promise.resolve({ run: bulk.worker() }),
  };
  const t = deploy({ modules });
  world.held = {};
  const ada = t.withIdentity({ subject: "ada" });
  const bob = t.withIdentity({ subject: "bob" });
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    const id = await made({ ada });
    ids.push(id);
    await ada.mutation((ctx) =>
      bulk.share(ctx, { id, principal: "team:7", role: "editor" }),
    );
  }
  const start = () =>
    bob.mutation((ctx) =>
      bulk.startBulk(ctx, {
        operation: "update",
        updates: { title: "B" },
        ids,
      }),
    );
  const finish = async (jobId: string) => {
    for (let n = 0; n < 4; n++) {
      await vi.advanceTimersByTimeAsync(2);
      await t.finishInProgressScheduledFunctions();
    }
    return await bob.query((ctx) => bulk.bulkStatus(ctx, { jobId }));
  };
  world.held = inTeam;
  const { jobId: first } = await start();
  expect(await finish(first)).toMatchObject({ done: 3, failed: 0 });
  const { jobId: second } = await start();
  world.held = {};
  expect(await finish(second)).toMatchObject({ done: 0, failed: 3 });
  expect(await rows(t)).toMatchObject(
    ids.map(() => ({ fields: { title: "B" }, version: 2 })),
  );
  vi.useRealTimers();
});

test("a bulk operation needs the worker as soon as there are principals", async () => {
  const c = cast();
  await expect(
    c.ada.mutation((ctx) =>
      docs.startBulk(ctx, { operation: "remove", ids: [] }),
    ),
  ).rejects.toThrow("principals");
});
