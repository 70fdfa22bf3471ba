/**
 * `can` answers as the operation itself would, and tells no more of a document than reading it.
 */
import { expect, test } from "vitest";
import {
  Docs,
  type AccessRequest,
  type Answer,
  type CanOperation,
  type DocsArgs,
  type Permission,
} from "../../src/client/index.js";
import { deploymentOf } from "../../dev/strict/index.js";
import {
  components,
  deploy,
  docs,
  docsWithTrash,
  fields,
  identify,
  people,
  seed,
  seedMany,
  type Caller,
  type Deployment,
  type HostCtx,
} from "../support/host.js";
import { blamed, refusal } from "../support/refusals.js";
import { getDocsError } from "../../src/errors/index.js";

type Ask = AccessRequest<typeof fields>;
type Question = Omit<DocsArgs<"can", typeof fields>, "id">;

const OPERATIONS: CanOperation[] = [
  "read",
  "comment",
  "update",
  "remove",
  "transfer",
  "restore",
  "purge",
];

/** Answers by the document's tags, `update:bob:manager`, and otherwise as without it. */
const access = ({ operation, document, userId, byDefault }: Ask): Answer => {
  const prefix = `${operation}:${String(userId)}:`;
  const tag = document.tags?.find((each) => each.startsWith(prefix));
  if (tag === undefined) return byDefault;
  const answer = tag.slice(prefix.length);
  if (answer === "true" || answer === "false") return answer === "true";
  return answer as Answer;
};
const hooked = {
  fields,
  identify,
  access: (_: unknown, ask: Ask) => access(ask),
};
const KINDS = {
  plain: docs,
  "with a trash": docsWithTrash,
  "with access": new Docs(components.docs, hooked),
  "with access and a trash": new Docs(components.docs, {
    ...hooked,
    trash: true,
  }),
};
type Using = typeof docs;

const ask = (caller: Caller, using: Using, id: string, question: Question) =>
  caller.query((ctx) => using.can(ctx, { id, ...question }));

/** The names of an update, with values that need the most. */
const VALUES = {
  title: "X",
  summary: "X",
  status: "archived",
  isPublic: true,
  pinned: false,
  expiresAt: 4_000_000_000_000,
} as const;
const NAMES = Object.keys(VALUES) as (keyof typeof VALUES)[];

/** Does it, and takes it back. Answers with the code that it is refused with, or `null`. */
async function attempt(
  caller: Caller,
  using: Using,
  id: string,
  { operation, fields: names = [] }: Question,
): Promise<string | null> {
  const sent = Object.fromEntries(
    names.map((name) => [name, VALUES[name as "title"]]),
  );
  const run: Record<CanOperation, (ctx: HostCtx) => Promise<unknown>> = {
    read: (ctx) => using.getOrThrow(ctx, { id }),
    comment: () => Promise.reject(new Error("no such operation")),
    update: (ctx) => using.update(ctx, { id, ...sent }),
    remove: (ctx) => using.remove(ctx, { id }),
    transfer: (ctx) => using.transfer(ctx, { id, to: "eve" }),
    restore: (ctx) => using.restore(ctx, { id }),
    purge: (ctx) => using.purge(ctx, { id }),
    // Only where documents can be shared: see test/client/sharing.
    share: () => Promise.reject(new Error("no such operation")),
    members: () => Promise.reject(new Error("no such operation")),
  };
  const over = new Error("taken back");
  let code: string | null = null;
  const call = caller.mutation(async (ctx) => {
    await run[operation](ctx).catch((error: unknown) => {
      code = getDocsError(error)?.code ?? "?";
    });
    throw over;
  });
  await call.catch(() => null);
  return code;
}

/** A document of each kind, by what Bob is to it. */
async function world(t: Deployment): Promise<string[]> {
  const open = { isPublic: true, status: "published" } as const;
  const tags = [
    ["read:bob:viewer"],
    ["read:bob:commenter", "update:bob:commenter"],
    ["read:bob:true", "update:bob:true", "remove:bob:true"],
    ["read:bob:editor", "update:bob:editor", "remove:bob:editor"],
    ["read:bob:manager", "update:bob:manager", "remove:bob:manager"],
    [
      "read:bob:owner",
      "update:bob:owner",
      "remove:bob:owner",
      "transfer:bob:owner",
    ],
    ["update:bob:true", "remove:bob:true", "transfer:bob:true"],
    ["read:null:false"],
    ["read:bob:false", "update:bob:false"],
  ];
  const ids = [
    await seed(t, "ada"),
    await seed(t, "ada", open),
    await seed(t, "bob"),
    await seed(t, "bob", { tags: ["update:bob:editor", "remove:bob:false"] }),
    await seed(t, "bob", { tags: ["read:bob:false", "update:bob:false"] }),
  ];
  for (const one of tags) ids.push(await seed(t, "ada", { tags: one }));
  ids.push(await seed(t, "ada", { ...open, tags: ["read:bob:false"] }));
  for (const owner of ["ada", "bob"]) {
    const id = await seed(t, owner, open);
    await t.mutation((ctx) => docsWithTrash.as(owner).remove(ctx, { id }));
    ids.push(id);
  }
  return [...ids, "missing", deploymentOf(t).oldSpelling(ids[2]!)];
}

test.each(Object.entries(KINDS))(
  "answers as the operation does: %s",
  async (_, using) => {
    const t = deploy();
    const ids = await world(t);
    const { bob, nobody } = people(t);
    const questions = OPERATIONS.filter((each) => each !== "comment").map(
      (operation): Question => ({ operation }),
    );
    for (const name of NAMES) {
      questions.push({ operation: "update", fields: [name] });
    }
    questions.push({ operation: "update", fields: ["title", "status"] });
    const seen = new Set<string>();
    for (const caller of [bob, nobody]) {
      for (const question of questions) {
        for (const id of ids) {
          const answer = await ask(caller, using, id, question);
          const code = await attempt(caller, using, id, question);
          const place = JSON.stringify({ id: ids.indexOf(id), question });
          expect(answer.allowed ? null : answer.code, place).toBe(code);
          seen.add(`${question.operation} ${code}`);
        }
      }
    }
    // Each operation was seen to be done and to be refused.
    for (const operation of ["read", "update", "remove", "transfer"]) {
      expect([...seen]).toContain(`${operation} null`);
      expect([...seen]).toContain(`${operation} NOT_FOUND`);
    }
  },
  60_000,
);

test("what is missing and what the caller may not see get one answer, byte for byte", async () => {
  const t = deploy();
  const { bob, nobody } = people(t);
  const hidden = [
    await seed(t, "ada"),
    await seed(t, "ada", { isPublic: true }),
    await seed(t, "ada", { content: "x".repeat(100_000), key: "k" }),
    await seed(t, "ada", { tags: ["update:bob:false", "remove:bob:false"] }),
  ];
  const trashed = await seed(t, "ada", { isPublic: true, status: "published" });
  await t.mutation((ctx) =>
    docsWithTrash.as("ada").remove(ctx, { id: trashed }),
  );
  const gone = await seed(t, "ada");
  await t.mutation((ctx) => docs.as("ada").remove(ctx, { id: gone }));
  const ids = ["missing", ...hidden, trashed, gone, "", "ünï🙂"];
  for (const using of Object.values(KINDS)) {
    for (const operation of OPERATIONS) {
      for (const caller of [bob, nobody]) {
        const isRead = caller === bob || operation === "read";
        const expected = {
          allowed: false,
          code: isRead ? "NOT_FOUND" : "UNAUTHORIZED",
        };
        const answers = await caller.query((ctx) =>
          using.can(ctx, { ids, operation }),
        );
        const texts = answers.map((answer) => JSON.stringify(answer));
        expect(answers[0]).toEqual(expected);
        expect(new Set(texts).size).toBe(1);
        expect(texts).toHaveLength(ids.length);
      }
    }
  }
});

const open = { isPublic: true, status: "published" } as const;

test("the role is the one that counts, and for what is refused the one to read with", async () => {
  const t = deploy();
  const { ada, bob, nobody } = people(t);
  const using = KINDS["with access"];
  const own = await seed(t, "ada", open);
  const shared = await seed(t, "ada", {
    tags: ["read:bob:viewer", "update:bob:manager", "remove:bob:true"],
  });
  const answers: [Caller, string, Question, Permission][] = [
    [ada, own, { operation: "purge" }, { allowed: false, code: "NOT_FOUND" }],
    [ada, own, { operation: "remove" }, { allowed: true, role: "owner" }],
    // A hook that agrees to what anybody may do makes nobody more.
    [nobody, own, { operation: "read" }, { allowed: true, role: "public" }],
    [
      bob,
      own,
      { operation: "update" },
      { allowed: false, role: "public", code: "FORBIDDEN" },
    ],
    [bob, shared, { operation: "update" }, { allowed: true, role: "manager" }],
    // A yes to this one call makes nobody an owner.
    [bob, shared, { operation: "remove" }, { allowed: true, role: "public" }],
    [
      bob,
      shared,
      { operation: "transfer" },
      { allowed: false, role: "viewer", code: "FORBIDDEN" },
    ],
  ];
  for (const [caller, id, question, expected] of answers) {
    expect(await ask(caller, using, id, question)).toEqual(expected);
  }
  expect(await ask(nobody, docs, own, { operation: "read" })).toEqual({
    allowed: true,
    role: "public",
  });
});

test("to comment takes a commenter who is signed in", async () => {
  const t = deploy();
  const { ada, bob, nobody } = people(t);
  const using = KINDS["with access"];
  const question = { operation: "comment" } as const;
  const id = await seed(t, "ada", open);
  const may = (answer: string) =>
    seed(t, "ada", { tags: [`read:bob:${answer}`] }).then((id) =>
      ask(bob, using, id, question),
    );
  expect(await ask(ada, using, id, question)).toEqual({
    allowed: true,
    role: "owner",
  });
  expect(await ask(bob, using, id, question)).toEqual({
    allowed: false,
    role: "public",
    code: "FORBIDDEN",
  });
  expect(await ask(nobody, using, id, question)).toEqual({
    allowed: false,
    code: "UNAUTHORIZED",
  });
  expect(await may("viewer")).toMatchObject({ allowed: false, role: "viewer" });
  expect(await may("commenter")).toEqual({ allowed: true, role: "commenter" });
  expect(await may("manager")).toEqual({ allowed: true, role: "manager" });
});

test("the system may, and a user who is not the caller may what is theirs", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { tags: ["update:ada:false"] });
  const using = KINDS["with access"];
  const question = { id, operation: "update", fields: ["status"] } as const;
  const asked = await t.query(async (ctx) => [
    await using.asSystem("test").can(ctx, question),
    await docs.as("ada").can(ctx, question),
    await using.as("ada").can(ctx, question),
  ]);
  expect(asked).toEqual([
    { allowed: true, role: "owner" },
    { allowed: true, role: "owner" },
    { allowed: false, role: "owner", code: "FORBIDDEN" },
  ]);
});

test("many are answered in order, as many as can be read", async () => {
  const t = deploy();
  const { ada } = people(t);
  const ids = await seedMany(t, "ada", 44);
  const can = (ids: string[]) => () =>
    ada.query((ctx) => docs.can(ctx, { ids, operation: "read" }));
  const some = await can([ids[0]!, "x", ids[0]!])();
  expect(some.map(({ allowed }) => allowed)).toEqual([true, false, true]);
  expect(await can(ids.slice(1))()).toHaveLength(43);
  expect(await can([])()).toEqual([]);
  expect(await refusal(can(ids)())).toMatchObject({
    code: "BATCH_TOO_LARGE",
    limit: 43,
  });
});

test("a question that makes no sense is refused, with what is wrong with it", async () => {
  const t = deploy();
  const { ada } = people(t);
  const asked = async (args: object) =>
    blamed(await refusal(ada.query((ctx) => docs.can(ctx, args as never))));
  expect(await asked({})).toEqual(["id", "operation"]);
  expect(await asked({ id: 1, operation: "publish" })).toEqual([
    "id",
    "operation",
  ]);
  expect(await asked({ id: "x", ids: ["x"], operation: "read" })).toEqual([
    "id",
  ]);
  expect(
    await asked({ id: "x", operation: "update", fields: ["title", "ownerId"] }),
  ).toEqual(["fields.1"]);
  expect(
    await asked({ id: "x", operation: "remove", fields: ["title"] }),
  ).toEqual(["fields"]);
});

test("the hook is asked as the operation asks it, and no more than one read of each document is added", async () => {
  const t = deploy();
  const { ada, bob } = people(t);
  const asked: string[] = [];
  const listening = new Docs(components.docs, {
    fields,
    identify,
    access: (_ctx, { operation, userId, byDefault }: Ask) => {
      asked.push(`${operation} ${String(userId)}`);
      return byDefault;
    },
  });
  const id = await seed(t, "ada");
  await ask(ada, listening, id, { operation: "update", fields: ["pinned"] });
  await ask(bob, listening, id, { operation: "transfer" });
  await ask(bob, listening, id, { operation: "purge" });
  await ask(people(t).nobody, listening, id, { operation: "comment" });
  await ask(bob, listening, "missing", { operation: "update" });
  expect(asked).toEqual([
    "update ada",
    "remove ada",
    "transfer bob",
    "read bob",
  ]);
});

test("what is not there when the hook would be asked is nobody's when it comes back, in an action too", async () => {
  const t = deploy();
  const { ada } = people(t);
  const using = KINDS["with access and a trash"];
  const id = await seed(t, "ada", { tags: ["update:ada:false"] });
  await ada.mutation((ctx) => using.remove(ctx, { id }));
  const answer = await ada.action(async (ctx) => {
    let calls = 0;
    const runQuery = (async (query: never, args: never) => {
      calls += 1;
      if (calls === 2) {
        await ada.mutation((inner) => using.restore(inner, { id }));
      }
      return await ctx.runQuery(query, args);
    }) as typeof ctx.runQuery;
    return await using.can({ ...ctx, runQuery }, { id, operation: "update" });
  });
  expect(answer).toEqual({ allowed: false, code: "NOT_FOUND" });
});
