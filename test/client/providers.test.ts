import { describe, expect, test, vi } from "vitest";
import { Docs, emailPrincipal } from "../../src/client/index.js";
import type { AuthCtx } from "../../src/client/index.js";
import { components, deploy, fields } from "../support/host.js";

/** As `getAuthUserId` of `@convex-dev/auth/server` does it: the subject up to the first bar. */
const getAuthUserId = async (ctx: AuthCtx) =>
  (await ctx.auth.getUserIdentity())?.subject.split("|")[0] ?? null;
const tokenIdentifier = async (ctx: AuthCtx) =>
  (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null;
const subject = async (ctx: AuthCtx) =>
  (await ctx.auth.getUserIdentity())?.subject ?? null;

const SITE = "https://happy-animal-123.convex.site";
const WORKOS = "https://api.workos.com";
const [ADA, BOB] = [
  "jd7a5xk2n4q8c0v6w3e9r1t5yh7m2p4s",
  "jd72m8q4c6x0v2b9n5k7h3g1f4d8s6a0",
];
const [FIRST, SECOND] = [
  "k17b4n9m2x6c8v0z5q3w7e1r4t6y8u2i",
  "k17c0z3x5v7b9n1m4a6s8d0f2g4h6j8k",
];

/** By provider: two tokens of one person, as of two sign-ins, and one of another. */
const providers = {
  "Convex Auth": {
    identify: getAuthUserId,
    ada: [
      { issuer: SITE, subject: `${ADA}|${FIRST}` },
      { issuer: SITE, subject: `${ADA}|${SECOND}` },
    ],
    bob: { issuer: SITE, subject: `${BOB}|${FIRST}` },
  },
  Clerk: {
    identify: tokenIdentifier,
    ada: ["sess_2a", "sess_2b"].map((sid) => ({
      issuer: "https://brave-lion-1.clerk.accounts.dev",
      subject: "user_2NNEqL2nrIRdJ194ndJqAHwEfxC",
      sid,
    })),
    bob: {
      issuer: "https://brave-lion-1.clerk.accounts.dev",
      subject: "user_2NNEqL2nrIRdJ194ndJqAHwEfxD",
    },
  },
  "WorkOS AuthKit": {
    identify: subject,
    ada: [
      // The token of a sign-in by SSO, and of one by AuthKit.
      { issuer: `${WORKOS}/`, subject: "user_01HZX", sid: "session_01A" },
      {
        issuer: `${WORKOS}/user_management/client_01`,
        subject: "user_01HZX",
        sid: "session_01B",
      },
    ],
    bob: { issuer: `${WORKOS}/`, subject: "user_01HZY" },
  },
  "Better Auth": {
    identify: tokenIdentifier,
    ada: [FIRST, SECOND].map((sessionId) => ({
      issuer: SITE,
      subject: ADA,
      sessionId,
    })),
    bob: { issuer: SITE, subject: BOB, sessionId: FIRST },
  },
  Auth0: {
    identify: tokenIdentifier,
    ada: ["a", "b"].map((sid) => ({
      issuer: "https://acme.eu.auth0.com/",
      subject: "auth0|63f1c7a1b2c3d4e5f6a7b8c9",
      sid,
    })),
    bob: {
      issuer: "https://acme.eu.auth0.com/",
      subject: "google-oauth2|103547991597142817347",
    },
  },
  "a JWT of one's own": {
    identify: tokenIdentifier,
    ada: ["1", "2"].map((jti) => ({
      issuer: "https://auth.example.com",
      subject: "42",
      jti,
    })),
    bob: { issuer: "https://auth.example.com", subject: "43" },
  },
};
const paginationOpts = { numItems: 5, cursor: null };

describe.each(Object.entries(providers))("%s", (_name, provider) => {
  test("a person owns at the next sign-in what they made at this one, and nobody else does", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const { identify, ada, bob } = provider;
    const docs = new Docs(components.docs, { fields, identify });
    const t = deploy();
    const [first, second] = ada.map((claims) => t.withIdentity(claims));
    const { id } = await first!.mutation((ctx) =>
      docs.create(ctx, { title: "A", content: "" }),
    );
    const list = (who: typeof t | typeof first) =>
      who!.query((ctx) => docs.list(ctx, { paginationOpts }));
    expect((await list(second)).page).toMatchObject([{ _id: id }]);
    const update = second!.mutation((ctx) =>
      docs.update(ctx, { id, title: "B" }),
    );
    expect(await update).toMatchObject({ version: 2 });
    expect((await list(t.withIdentity(bob))).page).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

test.each([
  ["its subject", subject],
  ["its tokenIdentifier", tokenIdentifier],
])(
  "Convex Auth by %s: what was made is lost at the next sign-in, and the log says so once",
  async (_what, identify) => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    vi.resetModules();
    const { Docs: Fresh } = await import("../../src/client/index.js");
    const docs = new Fresh(components.docs, { fields, identify });
    const t = deploy();
    const [first, second] = providers["Convex Auth"].ada.map((claims) =>
      t.withIdentity(claims),
    );
    await first!.mutation((ctx) =>
      docs.create(ctx, { title: "A", content: "" }),
    );
    const { page } = await second!.query((ctx) =>
      docs.list(ctx, { paginationOpts }),
    );
    expect(page).toEqual([]);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining("getAuthUserId")],
    ]);
    // It names nobody.
    expect(String(warn.mock.calls[0])).not.toContain(ADA);
    warn.mockRestore();
  },
);

/** The names that a token of OpenID Connect says: the address if it is verified, and the organization that is chosen. */
const ofToken = async (ctx: AuthCtx) => {
  const identity = await ctx.auth.getUserIdentity();
  const { email, emailVerified, email_verified, org_id: org } = { ...identity };
  const isVerified = emailVerified ?? email_verified;
  return [
    ...(email && isVerified === true ? [emailPrincipal(email)] : []),
    ...(typeof org === "string" ? [`org:${org}`] : []),
  ];
};

/** As the table `users` of Convex Auth says it, whose tokens have a subject and nothing else, and a table of members of one's own. */
const USERS: Record<
  string,
  { email?: string; emailVerificationTime?: number; orgs?: string[] }
> = {
  [ADA]: {
    email: "Ada@Example.com",
    emailVerificationTime: 1_800_000_000_000,
    orgs: ["acme"],
  },
  [BOB]: { email: "ada@example.com" },
};
const ofTables = (_ctx: unknown, userId: string) => {
  const { email, emailVerificationTime, orgs = [] } = USERS[userId] ?? {};
  return [
    ...(email && emailVerificationTime !== undefined
      ? [emailPrincipal(email)]
      : []),
    ...orgs.map((org) => `org:${org}`),
  ];
};

const verified = { email: "Ada@Example.com", emailVerified: true };
const unverified = { email: "ada@example.com", emailVerified: false };
/** By provider: where names come from, and what a token has of who has verified the address, and of who has not. */
const named = {
  "Convex Auth": { principals: ofTables, has: {}, hasNot: {} },
  Clerk: {
    principals: ofToken,
    has: { ...verified, org_id: "acme", org_role: "org:member" },
    hasNot: unverified,
  },
  "WorkOS AuthKit": {
    principals: ofToken,
    // Convex takes these tokens as `customJwt`, which keeps the names of claims.
    has: {
      email: "Ada@Example.com",
      email_verified: true,
      org_id: "acme",
      role: "member",
      permissions: [],
    },
    hasNot: {
      email: "ada@example.com",
      email_verified: false,
      org_id: "acme2",
    },
  },
  "Better Auth": {
    // Organizations of its plugin are in tables, and the token does not name one.
    principals: async (ctx: AuthCtx) => [
      ...(await ofToken(ctx)),
      ...((await subject(ctx)) === ADA ? ["org:acme"] : []),
    ],
    has: { ...verified, name: "Ada" },
    hasNot: unverified,
  },
  Auth0: {
    principals: ofToken,
    has: { ...verified, nickname: "ada", org_id: "acme" },
    hasNot: unverified,
  },
  "a JWT of one's own": {
    principals: ofToken,
    has: { ...verified, org_id: "acme" },
    // Without the claim nothing is known, and an address is not verified because it is there.
    hasNot: { email: "ada@example.com" },
  },
};

describe.each(Object.entries(named))(
  "%s: what is shared with",
  (name, { principals, has, hasNot }) => {
    const { identify, ada, bob } = providers[name as keyof typeof providers];
    const docs = new Docs(components.docs, {
      fields,
      identify,
      principals,
      sharing: true,
    });
    const world = async (principal: string) => {
      const t = deploy();
      const owner = t.withIdentity({ issuer: SITE, subject: "owner|session" });
      const { id } = await owner.mutation((ctx) =>
        docs.create(ctx, { title: "A", content: "" }),
      );
      await owner.mutation((ctx) =>
        docs.share(ctx, { id, principal, role: "viewer" }),
      );
      const sees = async (claims: object) => {
        const who = t.withIdentity(claims);
        return (await who.query((ctx) => docs.get(ctx, { id }))) !== null;
      };
      return { t, sees };
    };

    test("an address reaches who has verified it, once and for good, and nobody who only says so", async () => {
      const { t, sees } = await world("email:ada@example.COM");
      expect(await sees({ ...bob, ...hasNot })).toBe(false);
      const [first, second] = ada;
      expect(await sees({ ...first, ...has })).toBe(true);
      const accept = (claims: object) =>
        t.withIdentity(claims).mutation((ctx) => docs.acceptInvitations(ctx));
      expect(await accept({ ...bob, ...hasNot })).toMatchObject({
        accepted: 0,
      });
      expect(await accept({ ...first, ...has })).toMatchObject({ accepted: 1 });
      // At the next sign-in, with a token that says nothing of an address.
      expect(await sees({ ...second })).toBe(true);
    });

    test("an organization reaches its members, and nobody else", async () => {
      const { sees } = await world("org:acme");
      expect(await sees({ ...ada[0], ...has })).toBe(true);
      expect(await sees({ ...bob, ...hasNot })).toBe(false);
    });
  },
);
