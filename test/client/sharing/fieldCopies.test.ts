/**
 * Fields by role, and a working copy: what is published is shown as its reader's role sees it, and what is not stays between those
 * who have a role.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  type Caller,
  type HostCtx,
} from "../../support/host.js";
import { used } from "../../support/history.js";
import { isDisturbed, readSetOf, snapshot } from "../../support/readSet.js";
import { blamed, refused } from "../../support/refusals.js";
import { rows } from "../../support/stored.js";
import { published, start } from "../http/support.js";
import { paginationOpts } from "./world.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const options = {
  fields: {
    title: v.string(),
    body: v.optional(v.string()),
    secret: v.optional(v.string()),
  },
  identify,
  sharing: true as const,
  trash: true,
  search: ["title" as const],
  history: { coalesce: false },
  workingCopy: true as const,
  views: { byTitle: { by: ["title"], public: true } },
} as const;
/** Strangers see the title, and editors all but the secret. */
const rules = {
  readable: { public: ["title"], editor: ["title", "body"] },
} as const;
const open = new Docs(components.docs, { ...options, search: ["title"] });
const ruled = new Docs(components.docs, {
  ...options,
  ...rules,
  search: ["title"],
  // An editor of these publishes, too.
  writable: { editor: ["title", "body", "status"] },
});
const hooked = new Docs(components.docs, {
  ...options,
  ...rules,
  search: ["title"],
  access: (_ctx, { byDefault }) => byDefault,
});
type Host = Pick<typeof ruled, "get" | "listPublic" | "search">;

/** Ada's document, which is ahead of what is published of it. */
async function setUp(t = deploy()) {
  const as = (subject: string) => t.withIdentity({ subject });
  const live = { title: "Live", body: "B", secret: "S" };
  const { id } = await as("ada").mutation((ctx) =>
    ruled.create(ctx, { ...live, ...published }),
  );
  for (const role of ["viewer", "editor"] as const) {
    await as("ada").mutation((ctx) =>
      ruled.share(ctx, { id, principal: role, role }),
    );
  }
  const ahead = { title: "Draft", body: "B2", secret: "S2" };
  const edit = (change: object) =>
    as("ada").mutation((ctx) => ruled.update(ctx, { id, ...change }));
  await edit(ahead);
  return { t, as, id, edit, live, ahead };
}

const content = (document: object | null | undefined) =>
  Object.fromEntries(
    Object.entries(document ?? {}).filter(([name]) => name in options.fields),
  );

test.each([
  ["without a hook", ruled],
  ["with a hook that agrees", hooked],
])(
  "by every way, a stranger sees of what is published the fields of a stranger: %s",
  async (_, docs: Host) => {
    const { t, as, id, ahead } = await setUp();
    for (const who of [as("eve"), t as unknown as Caller]) {
      const one = await who.query((ctx) => docs.get(ctx, { id }));
      expect(content(one)).toEqual({ title: "Live" });
      expect(one).not.toHaveProperty("hasDraft");
    }
    for (const who of [as("eve"), as("viewer"), as("ada")]) {
      const { page } = await who.query((ctx) =>
        docs.listPublic(ctx, { paginationOpts }),
      );
      const view = await who.query((ctx) =>
        ruled.listPublic(ctx, { view: "byTitle", paginationOpts }),
      );
      const found = await who.query((ctx) =>
        docs.search(ctx, { query: "Live Draft", scope: "public" }),
      );
      for (const list of [page, view.page, found]) {
        expect(list.map(content)).toEqual([{ title: "Live" }]);
      }
    }
    const { title, body } = ahead;
    for (const role of ["viewer", "editor"]) {
      const one = await as(role).query((ctx) => docs.get(ctx, { id }));
      expect(content(one)).toEqual({ title, body });
      expect(one).toHaveProperty("hasDraft", true);
    }
    const own = await as("ada").query((ctx) => docs.get(ctx, { id }));
    expect(content(own)).toEqual(ahead);
  },
);

test("over HTTP too, and who gets a role has no use for what a stranger keeps", async () => {
  const served = start({}, ruled);
  const { id } = await setUp(served.t);
  const ask = (who: Caller, headers = {}) =>
    served.ask(who, `/${id}`, { headers });
  const first = await ask(served.bob);
  expect(content((await first.json()) as object)).toEqual({ title: "Live" });
  const headers = { "If-None-Match": first.headers.get("ETag")! };
  expect((await ask(served.nobody, headers)).status).toBe(304);
  await served.ada.mutation((ctx) =>
    ruled.share(ctx, { id, principal: "bob", role: "viewer" }),
  );
  const second = await ask(served.bob, headers);
  expect(second.status).toBe(200);
  expect(content((await second.json()) as object)).toEqual({
    title: "Draft",
    body: "B2",
  });
  expect((await ask(served.nobody, headers)).status).toBe(304);
});

test("what an owner types runs no stranger's query again, and a read costs what it costs without rules", async () => {
  const { t, as, id, edit } = await setUp();
  const eve = as("eve");
  const read = await readSetOf(() =>
    eve.query((ctx) => ruled.get(ctx, { id })),
  );
  const before = await snapshot(t);
  await edit({ title: "Another", secret: "S3" });
  expect(isDisturbed(read, before, await snapshot(t))).toBe(false);
  for (const who of ["ada", "viewer", "eve"]) {
    const cost = (docs: Host) =>
      as(who).query(async (ctx) => {
        await docs.get(ctx, { id });
        return await used(ctx as unknown as HostCtx);
      });
    expect(await cost(ruled)).toEqual(await cost(open as unknown as Host));
  }
});

test("who may write the status publishes and discards what they do not see, and nobody else does", async () => {
  const { t, as, id, edit, live, ahead } = await setUp();
  const stage = (
    who: string,
    docs: typeof ruled,
    call: "publish" | "discardDraft",
  ) => as(who).mutation((ctx) => docs[call](ctx, { id }));
  const plain = new Docs(components.docs, {
    ...options,
    ...rules,
    search: ["title"],
  });
  for (const call of ["publish", "discardDraft"] as const) {
    const data = await refused(t, () => stage("editor", plain, call));
    expect(data).toMatchObject({ code: "FORBIDDEN", fields: ["status"] });
    expect(await refused(t, () => stage("viewer", ruled, call))).toMatchObject({
      code: "FORBIDDEN",
    });
  }
  await stage("editor", ruled, "discardDraft");
  expect((await rows(t))[0]!["fields"]).toEqual(live);
  await edit(ahead);
  await stage("editor", ruled, "publish");
  expect((await rows(t))[0]!["fields"]).toEqual(ahead);
  const seen = await as("eve").query((ctx) => ruled.get(ctx, { id }));
  expect(content(seen)).toEqual({ title: "Draft" });
});

test("what is not valid any more when it is published is told without what its publisher does not see", async () => {
  const { t, as, id } = await setUp();
  const schema: StandardSchemaV1 = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => ({
        issues: [
          {
            path: ["secret"],
            message: `not ${(value as { secret: string }).secret}`,
          },
        ],
      }),
    },
  };
  const declared = {
    ...options,
    ...rules,
    search: ["title" as const],
    writable: { editor: ["title", "body", "status"] as const },
  };
  for (const docs of [
    new Docs(components.docs, { ...declared, schema }),
    new Docs(components.docs, {
      ...declared,
      fields: { ...options.fields, secret: v.optional(v.number()) },
    }),
  ]) {
    const bad = (who: string) =>
      refused(t, () => as(who).mutation((ctx) => docs.publish(ctx, { id })));
    const data = await bad("editor");
    expect(blamed(data)).toEqual([""]);
    expect(JSON.stringify(data)).not.toMatch(/S2|secret/);
    expect(blamed(await bad("ada"))).toEqual(["secret"]);
  }
});

test("what a plan was refused for is told to each as they may see it", async () => {
  const { t, as, id } = await setUp();
  const stricter = new Docs(components.docs, {
    ...options,
    ...rules,
    search: ["title"],
    fields: { ...options.fields, secret: v.optional(v.number()) },
  });
  const at = Date.now() + 1_000;
  await as("ada").mutation((ctx) =>
    stricter.schedule(ctx, { id, action: "publish", at }),
  );
  vi.advanceTimersByTime(1_000);
  await t.finishInProgressScheduledFunctions();
  const told = async (who: string) => {
    const [plan] = await as(who).query((ctx) => ruled.schedules(ctx, { id }));
    return plan?.error;
  };
  const all = await told("ada");
  expect(all && blamed(all)).toEqual(["secret"]);
  const some = await told("editor");
  expect(some && blamed(some)).toEqual([""]);
  expect(JSON.stringify(some)).not.toMatch(/secret|S2/);
});

test("a site's hook is told of everything that everybody could see", async () => {
  const heard: unknown[] = [];
  const { as, id } = await setUp();
  const docs = new Docs(components.docs, {
    ...options,
    ...rules,
    search: ["title"],
    onChange: (_ctx, { live }) => void heard.push(content(live?.after)),
  });
  await as("ada").mutation((ctx) => docs.publish(ctx, { id }));
  expect(heard).toEqual([{ title: "Draft", body: "B2", secret: "S2" }]);
});
