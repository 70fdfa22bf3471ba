/**
 * The app that docs/identity.md builds up, at work: who owns a document, and whom it is shared with.
 */
import { emailPrincipal } from "@acme/convex-docs";
import { afterEach, expect, test, vi } from "vitest";
import { mutation, pageApp, query, write } from "../support/pageApp.js";

const { start, load, loadSnippet } = await pageApp("docs/identity.md", {
  "convex/trash.ts": `
    import { Docs } from "@acme/convex-docs";
    import { v } from "convex/values";
    import { components } from "./_generated/api";
    export const docs = new Docs(components.docs, {
      fields: { title: v.string(), content: v.string() },
      identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
      trash: true,
    });
    export const { remove } = docs.api();
  `,
});

type Page = { page: { _id: string; isPublic: boolean; key?: string }[] };
/** What the page's snippets export as `docs`. */
type Shown = {
  create(ctx: object, args: object): Promise<{ id: string }>;
  get(ctx: object, args: object): Promise<{ ownerId: string } | null>;
  share(ctx: object, args: object): Promise<unknown>;
  restore(ctx: object, args: object): Promise<unknown>;
  listTrash(ctx: object, args: object): Promise<Page>;
  as(userId: string): Shown;
  asSystem(reason: string): Shown;
};
const docsOf = async (text: string) =>
  (await loadSnippet(text))["docs"] as Shown;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** As `getAuthUserId` of `@convex-dev/auth/server` does it: the subject up to the first bar. */
const getAuthUserId = async (ctx: Auth) =>
  (await subjectOf(ctx))?.split("|")[0] ?? null;
type Auth = {
  auth: { getUserIdentity(): Promise<{ subject: string } | null> };
};
const subjectOf = async ({ auth }: Auth) =>
  (await auth.getUserIdentity())?.subject ?? null;

const TOKEN_IDENTIFIER = "identify: async (ctx) => (await ctx.auth";
const CONVEX_AUTH = "await getAuthUserId(ctx)";
const paginationOpts = { numItems: 100, cursor: null };
const claims = (subject: string, more: object = {}) => ({
  issuer: "https://a.example",
  subject,
  ...more,
});

test.each([
  [TOKEN_IDENTIFIER, ["ada", "ada"], "https://a.example|ada"],
  [CONVEX_AUTH, ["ada|session1", "ada|session2"], "ada"],
])(
  "by %s: the same owner at the next sign-in, and nobody else",
  async (text, [first, second], ownerId) => {
    vi.stubGlobal("getAuthUserId", getAuthUserId);
    const { t } = start();
    const docs = await docsOf(text);
    const { id } = await t
      .withIdentity(claims(first!, { sid: "1" }))
      .mutation((ctx) => docs.create(ctx, { title: "A", content: "" }));
    const get = (identity: object) =>
      t.withIdentity(identity).query((ctx) => docs.get(ctx, { id }));
    expect(await get(claims(second!, { sid: "2" }))).toMatchObject({ ownerId });
    expect(await get(claims("bob"))).toBeNull();
  },
);

test("tokenIdentifier: one subject at two issuers is two people", async () => {
  const { t } = start();
  const docs = await docsOf(TOKEN_IDENTIFIER);
  const at = (issuer: string) => t.withIdentity({ issuer, subject: "ada" });
  const { id } = await at("https://a.example").mutation((ctx) =>
    docs.create(ctx, { title: "A", content: "" }),
  );
  const other = at("https://b.example");
  expect(await other.query((ctx) => docs.get(ctx, { id }))).toBeNull();
});

test("Convex Auth: an id that ends in a session is warned about, once", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { t } = start();
  const docs = await docsOf(CONVEX_AUTH);
  const ids = [
    "jd7a5xk2n4q8c0v6w3e9r1t5yh7m2p4s",
    "k17b4n9m2x6c8v0z5q3w7e1r4t6y8u2i",
  ];
  const who = t.withIdentity(claims(ids.join("|")));
  const create = () =>
    who.mutation((ctx) => docs.create(ctx, { title: "A", content: "" }));
  vi.stubGlobal("getAuthUserId", getAuthUserId);
  await create();
  expect(warn).not.toHaveBeenCalled();
  vi.stubGlobal("getAuthUserId", subjectOf);
  await create();
  await create();
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.lastCall?.[0]).toContain("Convex Auth");
});

const EMAIL = "bob@example.com";
test.each([
  ["a verified address", { email: EMAIL, emailVerified: true }, true],
  ["an address that is merely there", { email: EMAIL }, false],
  ["an unverified address", { email: EMAIL, emailVerified: false }, false],
  [
    "another verified address",
    { email: "eve@example.com", emailVerified: true },
    false,
  ],
  [
    "a provider that keeps the claim's name",
    { email: EMAIL, email_verified: true },
    true,
  ],
  ["an organization", { org_id: "7" }, true],
  ["another organization", { org_id: "8" }, false],
])("principals by the token: %s", async (_, more, reads) => {
  const { t, ada } = start();
  const docs = await docsOf("principals:");
  const { id } = await ada.mutation((ctx) => docs.create(ctx, { title: "A" }));
  for (const principal of [emailPrincipal(EMAIL), "org:7"]) {
    await ada.mutation((ctx) =>
      docs.share(ctx, { id, principal, role: "viewer" }),
    );
  }
  const bob = t.withIdentity(claims("bob", more));
  expect((await bob.query((ctx) => docs.get(ctx, { id }))) !== null).toBe(
    reads,
  );
  // Nobody's token counts where the app acts for somebody.
  const as = docs.as("https://a.example|bob");
  expect(await bob.query((ctx) => as.get(ctx, { id }))).toBeNull();
});

test("documents of a wrong id: all go to the right one, private and without their keys", async () => {
  const { t, as, ada, bob } = start();
  for (let n = 0; n < 25; n++) {
    await write(ada, { key: `${n}`, status: "published", isPublic: true });
  }
  const other = await write(bob);
  const calls: unknown[] = [];
  const giveBack = () =>
    t.mutation(mutation("repair:giveBack"), {
      from: "test|ada",
      to: "test|cleo",
    });
  while (calls.at(-1) !== true) calls.push(await giveBack());
  expect(calls).toEqual([false, true]);
  const list = async (name: string) => {
    const { page } = (await as(name).query(query("documents:list"), {
      paginationOpts,
    })) as Page;
    return page;
  };
  const given = await list("cleo");
  expect(given).toHaveLength(25);
  expect(
    given.filter(({ isPublic, key }) => isPublic || key !== undefined),
  ).toEqual([]);
  expect(await list("ada")).toEqual([]);
  expect(await list("bob")).toMatchObject([{ _id: other }]);
});

test("documents of a wrong id: the system brings those in the trash back, to be given too", async () => {
  const { t, ada, bob } = start();
  const id = await write(ada);
  await ada.mutation(mutation("trash:remove"), { id });
  const args = { from: "test|ada", to: "test|bob" };
  const giveBack = () => t.mutation(mutation("repair:giveBack"), args);
  const get = () => bob.query(query("documents:get"), { id });
  await giveBack();
  expect(await get()).toBeNull();
  const { docs } = (await load("convex/trash.ts")) as { docs: Shown };
  const system = docs.asSystem("the id of a session owned it");
  await t.mutation(async (ctx) => {
    const trash = { ownerId: args.from, paginationOpts };
    const { page } = await system.listTrash(ctx, trash);
    for (const { _id } of page) await system.restore(ctx, { id: _id });
  });
  await giveBack();
  expect(await get()).toMatchObject({ ownerId: args.to });
});
