import { describe, expect, test, vi } from "vitest";
import { Docs } from "../../src/client/index.js";
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
