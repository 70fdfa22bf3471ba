/**
 * What an answer of `access` is worth: yes, no, or a role.
 */
import { expect, test } from "vitest";
import {
  Docs,
  type AccessRequest,
  type Answer,
  type DocsArgs,
  type Role,
} from "../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  seed,
  seedMany,
  type HostCtx,
} from "../support/host.js";
import { refused } from "../support/refusals.js";
import { deploymentOf } from "../../dev/strict/index.js";
import { row } from "../support/stored.js";

type Ask = AccessRequest<typeof fields>;
type Change = Omit<DocsArgs<"update", typeof fields>, "id">;

const ROLES: Role[] = ["viewer", "commenter", "editor", "manager", "owner"];

/** Answers a user who is not the owner, by the document's tags: `update:true`, `remove:manager`. Without a tag, no. */
const access = (_ctx: unknown, { operation, document, byDefault }: Ask) => {
  if (byDefault) return true;
  const tag = document.tags?.find((each) => each.startsWith(`${operation}:`));
  const answer = tag?.slice(operation.length + 1) ?? "false";
  return answer === "true"
    ? true
    : answer === "false"
      ? false
      : (answer as Role);
};
const options = { fields, identify, access };
const forGood = new Docs(components.docs, options);
const toTrash = new Docs(components.docs, { ...options, trash: true });

const FIELDS: Change[] = [{ title: "X" }, { unset: ["summary"] }, {}];
const MANAGED: Change[] = [
  { status: "published" },
  { isPublic: true },
  { pinned: true },
  { title: "X", status: "draft" },
];
const EXPOSING: Change[] = [
  { pinned: false },
  { expiresAt: 4_000_000_000_000 },
  { expiresAt: null },
  { title: "X", pinned: false },
];

/** Whether Bob may make a change to a document of Ada's that has these tags, and a role to see it. */
async function may(using: typeof forGood, tags: string[], change: Change) {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada", { tags: ["read:true", ...tags] });
  const call = () =>
    bob.mutation((ctx) => using.update(ctx, { id, ...change }));
  const end = await call().then(
    () => "yes",
    () => "no",
  );
  if (end === "no") {
    expect(await refused(t, call)).toMatchObject({ code: "FORBIDDEN" });
  }
  return end;
}

test.each(ROLES)("a %s updates what the role may write", async (role) => {
  const rank = ROLES.indexOf(role);
  const answers = ["update", "remove"].map((each) => `${each}:${role}`);
  for (const change of FIELDS) {
    expect(await may(forGood, answers, change)).toBe(rank >= 2 ? "yes" : "no");
  }
  for (const change of MANAGED) {
    expect(await may(forGood, answers, change)).toBe(rank >= 3 ? "yes" : "no");
  }
  for (const change of EXPOSING) {
    // What retention would do with it: delete, or move to the trash.
    expect(await may(forGood, answers, change)).toBe(rank >= 4 ? "yes" : "no");
    expect(await may(toTrash, answers, change)).toBe(rank >= 3 ? "yes" : "no");
  }
});

test("a yes to an update makes an editor", async () => {
  for (const change of FIELDS) {
    expect(await may(forGood, ["update:true"], change)).toBe("yes");
  }
  for (const change of [...MANAGED, ...EXPOSING]) {
    expect(await may(forGood, ["update:true", "remove:true"], change)).toBe(
      "no",
    );
  }
});

test("who may update and not remove sets no expiry and unpins nothing, and a yes to removing is enough", async () => {
  for (const change of EXPOSING) {
    const manager = ["update:manager"];
    expect(await may(toTrash, manager, change)).toBe("no");
    expect(await may(forGood, [...manager, "remove:true"], change)).toBe("yes");
  }
});

test.each([
  ["viewer", false, false],
  ["manager", false, true],
  ["owner", true, true],
  ["true", true, true],
])(
  "answered %s, a user removes for good: %s, to the trash: %s",
  async (answer, ...may) => {
    for (const [at, using] of [forGood, toTrash].entries()) {
      const t = deploy();
      const { bob } = people(t);
      const id = await seed(t, "ada", {
        tags: ["read:true", `remove:${answer}`],
      });
      const remove = () => bob.mutation((ctx) => using.remove(ctx, { id }));
      if (may[at]) expect(await remove()).toMatchObject({ id });
      else
        expect(await refused(t, remove)).toMatchObject({ code: "FORBIDDEN" });
    }
  },
);

test.each([
  ["manager", false],
  ["owner", true],
  ["true", true],
])("answered %s, a user transfers: %s", async (answer, may) => {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada", {
    tags: ["read:true", `transfer:${answer}`],
  });
  const transfer = () =>
    bob.mutation((ctx) => forGood.transfer(ctx, { id, to: "bob" }));
  if (may) expect(await transfer()).toMatchObject({ id });
  else expect(await refused(t, transfer)).toMatchObject({ code: "FORBIDDEN" });
});

test("a role narrows too: an owner who is answered a lower one has no more", async () => {
  const t = deploy();
  const { ada } = people(t);
  const held = new Docs(components.docs, {
    fields,
    identify,
    access: () => "editor",
  });
  const id = await seed(t, "ada", { key: "k" });
  await ada.mutation((ctx) => held.update(ctx, { id, title: "X" }));
  for (const attempt of [
    () => ada.mutation((ctx) => held.update(ctx, { id, isPublic: true })),
    () => ada.mutation((ctx) => held.remove(ctx, { id })),
    () => ada.mutation((ctx) => held.transfer(ctx, { id, to: "bob" })),
    () =>
      ada.mutation((ctx) =>
        held.create(ctx, {
          title: "X",
          content: "",
          status: "published",
          key: "k",
          ifExists: "update",
        }),
      ),
  ]) {
    expect(await refused(t, attempt)).toMatchObject({ code: "FORBIDDEN" });
  }
});

test("the component decides on each item with the person who acts, and each answer counts for its own item", async () => {
  const t = deploy();
  const { bob } = people(t);
  const [shared] = await seedMany(t, "ada", 1, { tags: ["update:editor"] });
  const [managed] = await seedMany(t, "ada", 1, { tags: ["update:manager"] });
  const [own] = await seedMany(t, "bob", 1);
  const calls: { actor?: unknown; answers?: unknown }[] = [];
  await bob.mutation(async (ctx: HostCtx) => {
    const watched = {
      ...ctx,
      runMutation: ((mutation: never, args: never) => {
        calls.push(args);
        return ctx.runMutation(mutation, args);
      }) as unknown as typeof ctx.runMutation,
    };
    await forGood.batchUpdate(watched, {
      items: [
        { id: shared!, title: "X" },
        { id: managed!, status: "archived" },
        { id: own!, pinned: true },
      ],
    });
  });
  expect(calls).toMatchObject([
    {
      actor: { kind: "user", id: "bob" },
      // Where the host only agrees, the component decides alone.
      answers: [{ update: "editor" }, { update: "manager" }, {}],
    },
  ]);
});

test("an answer that makes no sense stops the call; none at all is a no", async () => {
  const t = deploy();
  const { ada } = people(t);
  const id = await seed(t, "ada");
  const answering = (answer: unknown) =>
    new Docs(components.docs, {
      fields,
      identify,
      access: () => answer as Answer,
    });
  for (const answer of ["admin", "public", 1, {}, "__proto__"]) {
    await expect(
      ada.query((ctx) => answering(answer).get(ctx, { id })),
    ).rejects.toThrow("access() returned");
  }
  for (const answer of [undefined, null]) {
    expect(
      await ada.query((ctx) => answering(answer).get(ctx, { id })),
    ).toBeNull();
  }
});

test("a transferred document is nobody else's to see until its new owner says so", async () => {
  const t = deploy();
  const { ada, bob, nobody } = people(t);
  const id = await seed(t, "ada", { isPublic: true, status: "published" });
  await ada.mutation((ctx) => forGood.transfer(ctx, { id, to: "bob" }));
  expect(await row(t, id)).toMatchObject({ ownerId: "bob", isPublic: false });
  expect(await nobody.query((ctx) => forGood.get(ctx, { id }))).toBeNull();
  await bob.mutation((ctx) => forGood.update(ctx, { id, isPublic: true }));
  expect(await nobody.query((ctx) => forGood.get(ctx, { id }))).not.toBeNull();
});

test.each([
  ["with access", forGood],
  ["without", new Docs(components.docs, { fields, identify })],
])(
  "two spellings of an id are one document in a batch, %s",
  async (_, using) => {
    const t = deploy();
    const { ada, bob } = people(t);
    const id = await seed(t, "ada");
    const old = deploymentOf(t).oldSpelling(id);
    for (const [caller, first] of [
      [bob, { ok: false, error: { code: "NOT_FOUND", documentId: old } }],
      [ada, { ok: true, id, version: 2 }],
    ] as const) {
      const { results } = await caller.mutation((ctx) =>
        using.batchUpdate(ctx, {
          ids: [old, id],
          updates: { title: "X" },
          mode: "partial",
        }),
      );
      const second = { code: "DUPLICATE_ID", documentId: id };
      expect(results).toMatchObject([first, { ok: false, error: second }]);
    }
  },
);
