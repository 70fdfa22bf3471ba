/**
 * The demo's sign-in and secrets, all published: anyone can sign as anyone. Never use them where data matters.
 */
import { importJWK, SignJWT } from "jose";

/** A user of the demo. */
export interface DemoUser {
  /** The `subject` of the identity that functions see. */
  id: string;
  name: string;
  email: string;
}

export const demoUsers = {
  ada: {
    id: "ada",
    name: "Ada Lovelace",
    email: "ada@demo.convex-docs.example",
  },
  grace: {
    id: "grace",
    name: "Grace Hopper",
    email: "grace@demo.convex-docs.example",
  },
} as const satisfies Record<string, DemoUser>;

export type DemoUserName = keyof typeof demoUsers;

/** The issuer of demo tokens. `example/convex/auth.config.ts` accepts it. */
export const DEMO_ISSUER = "https://demo.convex-docs.example";

/** The audience of demo tokens: `applicationID` in `example/convex/auth.config.ts`. */
export const DEMO_AUDIENCE = "convex-docs-demo";

/** Verifies demo tokens. `example/convex/auth.config.ts` holds it as a key set. */
export const demoPublicKey = {
  kty: "EC",
  crv: "P-256",
  x: "GuAEAXtGKsbws7B_P8KDHRamPJxdeQyjgBtIX-3naOE",
  y: "JOa3mKHdg9TCIUvwpz0GH_YbcXiHDro4DNp1YdTyqZs",
  kid: "convex-docs-demo",
  alg: "ES256",
  use: "sig",
} as const;

/** Signs demo tokens, in the browser too. A real app's key stays with its identity provider. */
export const demoPrivateKey = {
  ...demoPublicKey,
  d: "KgAWGQev2K5zoBi8cfIpDgVsLJIzWgeRWmEKHAvgkh8",
} as const;

/**
 * The demo's webhook secret. A real one comes from the provider's console and is set with
 * `npx convex env set STRIPE_WEBHOOK_SECRET`.
 */
export const DEMO_WEBHOOK_SECRET = "whsec_demo_only_0123456789abcdef";

/** How long a demo token lasts (s). */
const LIFETIME = 60 * 60;

interface SignOptions {
  /** Seconds until the token expires; a negative number makes an expired token. Default: one hour. */
  lifetime?: number;
}

/**
 * Signs a token for a demo user, in Node or in a browser, as an identity provider would.
 *
 * For `client.setAuth`: `() => signDemoToken("ada")`.
 */
export async function signDemoToken(
  user: DemoUserName | DemoUser,
  { lifetime = LIFETIME }: SignOptions = {},
): Promise<string> {
  const { id, name, email } = typeof user === "string" ? demoUsers[user] : user;
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT({ name, email, email_verified: true })
    .setProtectedHeader({
      alg: demoPrivateKey.alg,
      kid: demoPrivateKey.kid,
      typ: "JWT",
    })
    .setIssuer(DEMO_ISSUER)
    .setAudience(DEMO_AUDIENCE)
    .setSubject(id)
    .setIssuedAt(Math.min(now, now + lifetime))
    .setExpirationTime(now + lifetime)
    .sign(await importJWK(demoPrivateKey, demoPrivateKey.alg));
}
