import { expect, test } from "vitest";
import type { DocsErrorData } from "../../src/errors/codes.js";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  docsWithTrash,
  fields,
  identify,
  people,
  seed,
  type Caller,
  type Deployment,
} from "../support/host.js";
import { anonymous, refusal, refused } from "../support/refusals.js";
import { rows } from "../support/stored.js";

/** Every way to name a document that the caller has no business with. */
async function strangers(t: Deployment) {
  const secret = await seed(t, "ada");
  const publicDraft = await seed(t, "ada", { isPublic: true });
  const publishedPrivate = await seed(t, "ada", { status: "published" });
  const archived = await seed(t, "ada", { isPublic: true, status: "archived" });
  const trashed = await seed(t, "bob", { isPublic: true, status: "published" });
  const foreignTrash = await seed(t, "ada");
  const gone = await seed(t, "bob");
  await t.mutation(async (ctx) => {
    await docsWithTrash.as("bob").remove(ctx, { id: trashed });
    await docsWithTrash.as("ada").remove(ctx, { id: foreignTrash });
    await docs.as("bob").remove(ctx, { id: gone });
  });
  const job = await t.mutation((ctx) =>
    docs.as("bob").startBulk(ctx, { operation: "remove", ids: [gone] }),
  );
  const host = await t.run((ctx) => ctx.db.insert("audit", { line: "x" }));
  const malformed = "not an id";
  const otherTable = job.jobId;
  return {
    secret,
    publicDraft,
    publishedPrivate,
    archived,
    trashed,
    foreignTrash,
    gone,
    malformed,
    otherTable,
    host,
    empty: "",
    unicode: "ünï🙂",
  };
}

const writes: Record<string, (caller: Caller, id: string) => Promise<unknown>> =
  {
    update: (caller, id) =>
      caller.mutation((ctx) => docs.update(ctx, { id, title: "X" })),
    "stale update": (caller, id) =>
      caller.mutation((ctx) => docs.update(ctx, { id, ifVersion: 7 })),
    remove: (caller, id) => caller.mutation((ctx) => docs.remove(ctx, { id })),
    trash: (caller, id) =>
      caller.mutation((ctx) => docsWithTrash.remove(ctx, { id })),
    transfer: (caller, id) =>
      caller.mutation((ctx) => docs.transfer(ctx, { id, to: "bob" })),
    getOrThrow: (caller, id) =>
      caller.query((ctx) => docs.getOrThrow(ctx, { id })),
  };

test("missing, malformed, other table, trashed and unreadable get one answer, byte for byte", async () => {
  const t = deploy();
  const { bob } = people(t);
  const ids = await strangers(t);
  const answers = new Set<string>();
  for (const id of Object.values(ids)) {
    for (const write of Object.values(writes)) {
      const data = await refused(t, () => write(bob, id));
      answers.add(anonymous(data, id));
      // An id of no characters is everywhere: take it out by hand.
      if (id === "") answers.delete(anonymous(data, id));
    }
    expect(await bob.query((ctx) => docs.get(ctx, { id }))).toBeNull();
  }
  expect([...answers].map((answer) => JSON.parse(answer) as unknown)).toEqual([
    {
      ns: "convex-docs",
      code: "NOT_FOUND",
      message: 'No document with the id "<id>".',
      retryable: false,
      documentId: "<id>",
    },
  ]);
});

test("each stranger's document in a batch gets the same answer, atomic and partial", async () => {
  const t = deploy();
  const { bob } = people(t);
  const { empty: _, ...ids } = await strangers(t);
  const all = Object.values(ids);
  const batches = [
    (mode: "atomic" | "partial") =>
      bob.mutation((ctx) =>
        docs.batchUpdate(ctx, { ids: all, updates: { title: "X" }, mode }),
      ),
    (mode: "atomic" | "partial") =>
      bob.mutation((ctx) => docs.batchRemove(ctx, { ids: all, mode })),
    (mode: "atomic" | "partial") =>
      bob.mutation((ctx) => docsWithTrash.batchRemove(ctx, { ids: all, mode })),
  ];
  for (const batch of batches) {
    const { results } = await batch("partial");
    const partial = results.map((result, index) =>
      result.ok ? "ok" : anonymous(result.error, all[index]!),
    );
    const failed = await refused(t, () => batch("atomic"));
    const atomic = failuresOf(failed).map(({ index, error }) =>
      anonymous(error, all[index]!),
    );
    expect(new Set([...partial, ...atomic]).size).toBe(1);
    expect(partial[0]).toContain("NOT_FOUND");
    expect(atomic).toHaveLength(all.length);
  }
});

function failuresOf(data: DocsErrorData) {
  expect(data.code).toBe("BATCH_FAILED");
  return data.code === "BATCH_FAILED" ? data.errors : [];
}

test("a foreign document's size cannot be told from its absence", async () => {
  const t = deploy();
  const { bob } = people(t);
  const large = await seed(t, "ada", { content: "x".repeat(200_000) });
  const read = (id: string) =>
    bob.query((ctx) => docs.getMany(ctx, { ids: Array<string>(43).fill(id) }));
  const nothing = Array<null>(43).fill(null);
  expect(await read("missing")).toEqual(nothing);
  expect(await read(large)).toEqual(nothing);
});

test("a public published document may be seen and not changed: FORBIDDEN is for those who can read", async () => {
  const t = deploy();
  const { bob, nobody } = people(t);
  const id = await seed(t, "ada", { isPublic: true, status: "published" });
  for (const name of ["update", "stale update", "remove", "transfer"]) {
    const data = await refused(t, () => writes[name]!(bob, id));
    expect(data).toMatchObject({ code: "FORBIDDEN", documentId: id });
    const unsigned = await refused(t, () => writes[name]!(nobody, id));
    expect(unsigned.code).toBe("UNAUTHORIZED");
  }
});

test("others see what is public and published, and no draft", async () => {
  const t = deploy();
  const { bob, nobody } = people(t);
  const seen: string[] = [];
  for (const status of ["draft", "published", "archived"] as const) {
    for (const isPublic of [true, false]) {
      const id = await seed(t, "ada", { status, isPublic });
      const read = (ctx: Parameters<typeof docs.get>[0]) =>
        docs.get(ctx, { id });
      const byBob = await bob.query(read);
      const byNobody = await nobody.query(read);
      expect(byNobody).toEqual(byBob);
      if (byBob) seen.push(`${byBob.status} ${String(byBob.isPublic)}`);
    }
  }
  expect(seen).toEqual(["published true"]);
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await nobody.query((ctx) =>
    docs.listPublic(ctx, { paginationOpts }),
  );
  expect(page.map(({ status, isPublic }) => [status, isPublic])).toEqual([
    ["published", true],
  ]);
});

test("without an access hook the owner alone writes, and strangers read what is public", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  const plain = new Docs(components.docs, { fields, identify });
  const id = await seed(t, "ada");
  const data = await refused(t, () =>
    bob.mutation((ctx) => plain.update(ctx, { id, title: "X" })),
  );
  expect(data.code).toBe("NOT_FOUND");
  expect(
    await ada.mutation((ctx) => plain.update(ctx, { id, title: "X" })),
  ).toEqual({ id, version: 2 });
});

test("errors repeat what the caller sent, cut short, and no more", async () => {
  const t = deploy();
  const { bob } = people(t);
  await seed(t, "ada", { key: "plan", title: "Top secret" });
  const id = await seed(t, "ada", { isPublic: true, status: "published" });
  const [foreign] = await rows(t);
  const answers = [
    await refusal(writes["update"]!(bob, foreign!._id)),
    await refusal(writes["update"]!(bob, id)),
    await refusal(
      bob.query((ctx) =>
        docs.list(ctx, {
          paginationOpts: { numItems: 5, cursor: '["ada",0]' },
        }),
      ),
    ),
  ];
  for (const answer of answers) {
    expect(JSON.stringify(answer)).not.toMatch(/ada|secret|plan/i);
  }
  const long = "x".repeat(300_000);
  const echoed = await refusal(writes["update"]!(bob, long));
  expect(JSON.stringify(echoed).length).toBeLessThan(400);
});
