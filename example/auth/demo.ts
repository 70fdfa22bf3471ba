import { importJWK, SignJWT } from "jose";
import { DEMO_AUDIENCE, DEMO_ISSUER, demoPrivateKey } from "./key.js";

/** Someone who can sign in to the demo. */
export interface DemoUser {
  /** Becomes `subject` of the identity that functions see. */
  id: string;
  name: string;
  email: string;
}

/** The users of the demo. */
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

/** The name of a demo user. */
export type DemoUserName = keyof typeof demoUsers;

/** How long a demo token lasts (s). */
const LIFETIME = 60 * 60;

export interface SignOptions {
  /** Seconds until the token expires; negative for one that has expired already. Default: one hour. */
  lifetime?: number;
}

/**
 * Signs a token for a demo user, in Node or in a browser, as an identity provider would.
 *
 * The private key is public: see key.ts. For `client.setAuth`: `() => signDemoToken("ada")`.
 */
export async function signDemoToken(
  user: DemoUserName | DemoUser,
  { lifetime = LIFETIME }: SignOptions = {},
): Promise<string> {
  const { id, name, email } = typeof user === "string" ? demoUsers[user] : user;
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT({ name, email })
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
