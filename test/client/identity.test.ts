import { describe, expect, test } from "vitest";
import { Docs } from "../../src/client/index.js";
import {
  components,
  deploy,
  docs,
  docsWithTrash,
  fields,
  people,
  seed,
  type Deployment,
} from "../support/host.js";
import { blamed, refused } from "../support/refusals.js";
import { rows } from "../support/stored.js";

const paginationOpts = { numItems: 5, cursor: null };
type Operations = ReturnType<typeof docs.as>;

/** Everything that needs somebody. */
const calls: Record<
  string,
  (t: Deployment, who: Operations, id: string) => Promise<unknown>
> = {
  create: (t, who) =>
    t.mutation((ctx) => who.create(ctx, { title: "A", content: "" })),
  update: (t, who, id) => t.mutation((ctx) => who.update(ctx, { id })),
  remove: (t, who, id) => t.mutation((ctx) => who.remove(ctx, { id })),
  restore: (t, who, id) => t.mutation((ctx) => who.restore(ctx, { id })),
  purge: (t, who, id) => t.mutation((ctx) => who.purge(ctx, { id })),
  transfer: (t, who, id) =>
    t.mutation((ctx) => who.transfer(ctx, { id, to: "x" })),
  batchCreate: (t, who) =>
    t.mutation((ctx) => who.batchCreate(ctx, { items: [] })),
  batchUpdate: (t, who, id) =>
    t.mutation((ctx) => who.batchUpdate(ctx, { ids: [id], updates: {} })),
  "partial batchRemove": (t, who, id) =>
    t.mutation((ctx) => who.batchRemove(ctx, { ids: [id], mode: "partial" })),
  list: (t, who) => t.query((ctx) => who.list(ctx, { paginationOpts })),
  listTrash: (t, who) =>
    t.query((ctx) => who.listTrash(ctx, { paginationOpts })),
  count: (t, who) => t.query((ctx) => who.count(ctx, {})),
  search: (t, who) => t.query((ctx) => who.search(ctx, { query: "plan" })),
  getByKey: (t, who) => t.query((ctx) => who.getByKey(ctx, { key: "plan" })),
};

describe("who is calling", () => {
  test.each(Object.entries(calls))(
    "%s needs somebody: signed out is UNAUTHORIZED",
    async (_, call) => {
      const t = deploy();
      const id = await seed(t, "ada", { isPublic: true, status: "published" });
      expect((await refused(t, () => call(t, docsWithTrash, id))).code).toBe(
        "UNAUTHORIZED",
      );
    },
  );

  test.each(Object.entries(calls))(
    "%s as a user whose id is empty, blank or of 600 characters is refused by name",
    async (_, call) => {
      const t = deploy();
      const id = await seed(t, "ada");
      for (const userId of ["", "  ", "u".repeat(600)]) {
        const data = await refused(t, () =>
          call(t, docsWithTrash.as(userId), id),
        );
        expect(blamed(data)).toEqual(["userId"]);
        expect(JSON.stringify(data).length).toBeLessThan(500);
      }
    },
  );

  test("an id of 512 characters is a user's like any other", async () => {
    const t = deploy();
    const long = docs.as("u".repeat(512));
    const { id } = await t.mutation((ctx) =>
      long.create(ctx, { title: "A", content: "" }),
    );
    expect(await t.query((ctx) => long.get(ctx, { id }))).not.toBeNull();
    expect(
      await t.query((ctx) => docs.as("u".repeat(511)).get(ctx, { id })),
    ).toBeNull();
  });

  test("two people with one subject at two issuers are two owners when identify says so", async () => {
    const t = deploy();
    const precise = new Docs(components.docs, {
      fields,
      identify: async (ctx) =>
        (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
    });
    const at = (issuer: string) => t.withIdentity({ subject: "ada", issuer });
    const { id } = await at("https://a.example").mutation((ctx) =>
      precise.create(ctx, { title: "A", content: "" }),
    );
    expect(
      await at("https://b.example").query((ctx) => precise.get(ctx, { id })),
    ).toBeNull();
    expect(await rows(t)).toMatchObject([{ ownerId: "https://a.example|ada" }]);
  });

  test("an identify that returns anything but a string or null stops the call", async () => {
    const t = deploy();
    for (const answer of [undefined, 5, {}, true]) {
      const odd = new Docs(components.docs, {
        fields,
        identify: () => answer as never,
      });
      await expect(
        t.mutation((ctx) => odd.create(ctx, { title: "A", content: "" })),
      ).rejects.toThrow(/identify\(\) returned/);
      await expect(t.query((ctx) => odd.get(ctx, { id: "x" }))).rejects.toThrow(
        /identify\(\) returned/,
      );
    }
    expect(await rows(t)).toEqual([]);
  });
});

test("who is signed out reads what is public", async () => {
  const t = deploy();
  const id = await seed(t, "ada", { isPublic: true, status: "published" });
  const { nobody } = people(t);
  expect(await nobody.query((ctx) => docs.get(ctx, { id }))).toMatchObject({
    _id: id,
  });
  const { page } = await nobody.query((ctx) =>
    docs.listPublic(ctx, { paginationOpts }),
  );
  expect(page).toHaveLength(1);
});

test("as acts with that user's rights and no others", async () => {
  const t = deploy();
  const { bob } = people(t);
  const id = await seed(t, "ada");
  // Who is signed in does not matter to it.
  await bob.mutation((ctx) => docs.as("ada").update(ctx, { id, title: "B" }));
  expect(
    await refused(t, () =>
      bob.mutation((ctx) => docs.as("cleo").update(ctx, { id, title: "C" })),
    ),
  ).toMatchObject({ code: "NOT_FOUND" });
});

test("the system sees and changes every document, and says whose it means", async () => {
  const t = deploy();
  const system = docs.asSystem("nightly report");
  const id = await seed(t, "ada");
  expect(await t.query((ctx) => system.get(ctx, { id }))).toMatchObject({
    ownerId: "ada",
  });
  await t.mutation((ctx) => system.update(ctx, { id, title: "B" }));
  await t.mutation((ctx) =>
    system.create(ctx, { title: "A", content: "", ownerId: "bob" }),
  );
  const { page } = await t.query((ctx) =>
    system.list(ctx, { ownerId: "bob", paginationOpts }),
  );
  expect(page).toMatchObject([{ ownerId: "bob" }]);
  for (const ownerId of [undefined, "", "u".repeat(600), 5]) {
    const args = { title: "A", content: "", ownerId } as never;
    const data = await refused(t, () =>
      t.mutation((ctx) => system.create(ctx, args)),
    );
    expect(blamed(data)).toEqual(["ownerId"]);
  }
});

test("the bypass takes a reason", () => {
  for (const reason of ["", "  "]) {
    expect(() => docs.asSystem(reason)).toThrow(/reason/);
  }
});
