// @vitest-environment node
import { generateKeyPair, importJWK, SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  DEMO_AUDIENCE,
  DEMO_ISSUER,
  demoPrivateKey,
  demoPublicKey,
  demoUsers,
  signDemoToken,
} from "../../../dev/auth.js";
import authConfig from "../../../example/convex/auth.config.js";
import { createVerifier } from "../../../dev/deployment/core/auth.js";
import { RawSocket } from "./socket.js";
import { api, httpClient, liveClient, start, watch } from "./support.js";

const ada = {
  subject: "ada",
  issuer: DEMO_ISSUER,
  tokenIdentifier: `${DEMO_ISSUER}|ada`,
  name: demoUsers.ada.name,
  email: demoUsers.ada.email,
  email_verified: true,
};

/** Tokens that must not be accepted. */
const badTokens: Record<string, () => Promise<string>> = {
  "an expired token": () => signDemoToken("ada", { lifetime: -60 }),
  "a token signed with another key": async () => sign(await otherKey(), {}),
  "a token of another issuer": async () =>
    sign(await demoKey(), { iss: "https://elsewhere.example" }),
  "a token for another audience": async () =>
    sign(await demoKey(), { aud: "another-app" }),
  "a token without a subject": async () =>
    sign(await demoKey(), { sub: undefined }),
  "a token without an expiry": async () =>
    sign(await demoKey(), { exp: undefined }),
  "a token without a signature": async () => {
    const [, payload = ""] = (await signDemoToken("ada")).split(".");
    return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
  },
  "a token that was changed": async () => {
    const [header, payload = "", signature] = (
      await signDemoToken("ada")
    ).split(".");
    const claims = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    ) as object;
    return [
      header,
      Buffer.from(JSON.stringify({ ...claims, sub: "grace" })).toString(
        "base64url",
      ),
      signature,
    ].join(".");
  },
  "a token with two issuers": async () =>
    sign(await demoKey(), { iss: [DEMO_ISSUER] }),
  "a token whose issuer is a number": async () =>
    sign(await demoKey(), { iss: 7 }),
  "a token whose audience is an object": async () =>
    sign(await demoKey(), { aud: { app: DEMO_AUDIENCE } }),
  "a token whose subject is a number": async () =>
    sign(await demoKey(), { sub: 7 }),
  "a token with an empty subject": async () =>
    sign(await demoKey(), { sub: "" }),
  "a token whose payload is no object": () =>
    Promise.resolve(
      `${Buffer.from('{"alg":"ES256"}').toString("base64url")}.${Buffer.from("null").toString("base64url")}.x`,
    ),
  garbage: () => Promise.resolve("garbage"),
};

const demoKey = () => importJWK(demoPrivateKey, "ES256");
const otherKey = async () => (await generateKeyPair("ES256")).privateKey;

async function sign(
  key: Awaited<ReturnType<typeof demoKey>>,
  claims: Record<string, unknown>,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: DEMO_ISSUER,
    aud: DEMO_AUDIENCE,
    sub: "ada",
    iat: now,
    exp: now + 60,
    ...claims,
  };
  return await new SignJWT(all)
    .setProtectedHeader({ alg: "ES256", kid: demoPublicKey.kid })
    .sign(key);
}

afterEach(() => void vi.restoreAllMocks());

describe("the demo's keys", () => {
  it("are one pair, and the published set holds only the public half", () => {
    const [provider] = authConfig.providers;
    expect(provider).toMatchObject({
      issuer: DEMO_ISSUER,
      applicationID: DEMO_AUDIENCE,
    });
    const keys: unknown = JSON.parse(
      Buffer.from(provider?.jwks.split(",")[1] ?? "", "base64").toString(),
    );
    expect(keys).toEqual({ keys: [demoPublicKey] });
    expect(demoPrivateKey).toMatchObject(demoPublicKey);
  });
});

describe("over HTTP", () => {
  it("a good token says who calls", async () => {
    const { url } = await start();
    expect(
      await httpClient(url, await signDemoToken("ada")).query(api.me, {}),
    ).toEqual(ada);
    expect(await httpClient(url).query(api.me, {})).toBeNull();
  });

  it.each(Object.entries(badTokens))(
    "%s is refused with Convex's 401, and is not worth a line in the log",
    async (_name, make) => {
      const { url, lines } = await start();
      const response = await fetch(`${url}/api/query`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${await make()}`,
        },
        body: JSON.stringify({
          path: "users:me",
          args: {},
          format: "convex_encoded_json",
        }),
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        code: expect.stringMatching(
          /^(InvalidAuthHeader|NoAuthProvider)$/,
        ) as string,
        message: expect.any(String) as string,
      });
      expect(lines).toEqual([]);
    },
  );

  it("nothing is accepted without auth.config.ts", async () => {
    const { url } = await start({ authConfig: undefined });
    await expect(
      httpClient(url, await signDemoToken("ada")).query(api.me, {}),
    ).rejects.toThrow("NoAuthProvider");
  });
});

describe("over a socket", () => {
  it("signing in and out changes the answers", async () => {
    const { url } = await start();
    const client = liveClient(url);
    const me = watch(client, api.me);
    expect(await me.value()).toBeNull();
    client.setAuth(() => signDemoToken("ada"));
    expect(await me.value((user) => user !== null)).toEqual(ada);
    client.setAuth(() => signDemoToken("grace"));
    expect(await me.value((user) => user?.subject === "grace")).toMatchObject({
      name: "Grace Hopper",
    });
  });

  it.each(Object.entries(badTokens))(
    "%s is refused with an AuthError",
    async (_name, make) => {
      const { url } = await start();
      const socket = await RawSocket.connect(url);
      socket.send({
        type: "Authenticate",
        baseVersion: 0,
        tokenType: "User",
        value: await make(),
      });
      socket.subscribe("users:me");
      await socket.closed;
      expect(socket.received).toEqual([
        {
          type: "AuthError",
          error: expect.any(String) as string,
          baseVersion: 0,
          authUpdateAttempted: true,
        },
      ]);
    },
  );

  it("a client replaces a refused token by a fresh one", async () => {
    const { url } = await start();
    const client = liveClient(url);
    const me = watch(client, api.me);
    client.setAuth(({ forceRefreshToken }) =>
      signDemoToken("ada", forceRefreshToken ? {} : { lifetime: -60 }),
    );
    expect(await me.value()).toEqual(ada);
  });

  it("an identity lapses when its token expires", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.send({
      type: "Authenticate",
      baseVersion: 0,
      tokenType: "User",
      value: await signDemoToken("ada"),
    });
    await socket.next("Transition");

    const later = Date.now() + 2 * 60 * 60 * 1000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    socket.mutate(0, "notes:send", { text: "x" });
    await socket.closed;
    expect(socket.received.at(-1)).toEqual({
      type: "AuthError",
      error: "Convex token identity expired",
      baseVersion: 1,
      authUpdateAttempted: false,
    });
    expect(await httpClient(url).query(api.list, {})).toEqual([]);
  });

  it("an expired identity sees no more updates", async () => {
    const deployment = await start();
    const socket = await RawSocket.connect(deployment.url);
    socket.send({
      type: "Authenticate",
      baseVersion: 0,
      tokenType: "User",
      value: await signDemoToken("ada"),
    });
    socket.subscribe("notes:list");
    await socket.next((message) =>
      JSON.stringify(message).includes("QueryUpdated"),
    );

    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 2 * 60 * 60 * 1000);
    await deployment.call("notes:send", { text: "private" });
    await socket.closed;
    expect(socket.received.at(-1)).toMatchObject({
      type: "AuthError",
      authUpdateAttempted: false,
    });
    expect(JSON.stringify(socket.received)).not.toContain("private");
  });
});

describe("claims", () => {
  it("keep their names, and nested ones are flattened", async () => {
    const jwks = `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [demoPublicKey] }))}`;
    const verify = createVerifier({
      providers: [
        {
          type: "customJwt",
          issuer: `${DEMO_ISSUER}/`,
          algorithm: "ES256",
          jwks,
        },
      ],
    });
    const token = await sign(await demoKey(), {
      given_name: "Ada",
      org: { id: 7, roles: ["admin"] },
      jti: "1",
    });
    expect((await verify(token)).identity).toEqual({
      subject: "ada",
      issuer: DEMO_ISSUER,
      tokenIdentifier: `${DEMO_ISSUER}|ada`,
      given_name: "Ada",
      "org.id": 7,
      "org.roles": ["admin"],
    });
  });
});
