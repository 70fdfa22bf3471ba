import type { AuthConfig, UserIdentity } from "convex/server";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";
import { fromBase64 } from "./base64.js";
import { messageOf, Refusal } from "./call.js";

/** A token that was verified, and when it stops being valid (ms since the epoch). */
export interface VerifiedToken {
  identity: UserIdentity;
  expiresAt: number;
}

/** Verifies a token or throws a {@link Refusal} with Convex's status and code. */
export type Verify = (token: string) => Promise<VerifiedToken>;

interface Provider {
  issuer: string;
  applicationID: string | undefined;
  algorithm: string;
  keys: JWTVerifyGetKey;
}

/** Seconds by which the clocks of issuer and deployment may differ; Convex allows as many. */
const CLOCK_TOLERANCE = 5;

/** The claims that are about the token and not about its user; all others are shown to functions. */
const TOKEN_CLAIMS = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);

/** Builds the verification that an `auth.config.ts` with `customJwt` providers asks for. */
export function createVerifier(config: AuthConfig | undefined): Verify {
  const providers = (config?.providers ?? []).map(toProvider);
  return async (token) => {
    const provider = findProvider(providers, readClaims(token));
    const payload = await verifySignature(token, provider);
    if (typeof payload.sub !== "string" || payload.sub === "")
      throw unauthenticated("Missing subject claim ('sub') in JWT payload.");
    if (payload.exp === undefined)
      throw unauthenticated("Missing expiry claim ('exp') in JWT payload.");
    return {
      identity: toIdentity(payload, payload.sub),
      expiresAt: payload.exp * 1000,
    };
  };
}

function toProvider(provider: AuthConfig["providers"][number]): Provider {
  if (!("type" in provider)) {
    throw new Error(
      "The embedded deployment knows only `customJwt` auth providers: an OpenID provider needs the network.",
    );
  }
  return {
    issuer: normalIssuer(provider.issuer),
    applicationID: provider.applicationID,
    algorithm: provider.algorithm,
    keys: provider.jwks.startsWith("data:")
      ? createLocalJWKSet(readDataUri(provider.jwks))
      : createRemoteJWKSet(new URL(provider.jwks)),
  };
}

function readDataUri(uri: string): JSONWebKeySet {
  const [head = "", body = ""] = uri.split(/,(.*)/s);
  const text = head.endsWith(";base64")
    ? new TextDecoder().decode(fromBase64(body))
    : decodeURIComponent(body);
  return JSON.parse(text) as JSONWebKeySet;
}

function readClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw unauthenticated(
      "Could not parse JWT payload. Check that the token is three base64url parts separated by dots.",
    );
  }
}

/** Issuer and audience choose the provider; the signature is checked with that provider's keys only. */
function findProvider(providers: Provider[], claims: JWTPayload): Provider {
  // Whoever made the token may have put anything into it.
  const given = claims.iss as unknown;
  const audiences = [claims.aud as unknown].flat();
  const provider = providers.find(
    ({ issuer, applicationID }) =>
      typeof given === "string" &&
      issuer === normalIssuer(given) &&
      (applicationID === undefined || audiences.includes(applicationID)),
  );
  if (provider !== undefined) return provider;
  throw new Refusal(
    401,
    "NoAuthProvider",
    "No auth provider found matching the given token. Check convex/auth.config.ts.",
  );
}

async function verifySignature(
  token: string,
  provider: Provider,
): Promise<JWTPayload> {
  try {
    const options = {
      algorithms: [provider.algorithm],
      clockTolerance: CLOCK_TOLERANCE,
    };
    return (await jwtVerify(token, provider.keys, options)).payload;
  } catch (error) {
    throw unauthenticated(`Could not validate token: ${messageOf(error)}`);
  }
}

/** With `customJwt`, Convex shows claims under their own names and flattens nested ones to `outer.inner`. */
function toIdentity(payload: JWTPayload, subject: string): UserIdentity {
  const issuer = payload.iss ?? "";
  const own = Object.entries(payload).filter(
    ([name]) => !TOKEN_CLAIMS.has(name),
  );
  return {
    ...flatten(Object.fromEntries(own), ""),
    subject,
    issuer,
    tokenIdentifier: `${issuer}|${subject}`,
  };
}

function flatten(
  claims: Record<string, unknown>,
  prefix: string,
): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(claims)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      Object.assign(
        flat,
        flatten(value as Record<string, unknown>, `${prefix}${name}.`),
      );
    } else {
      flat[prefix + name] = value;
    }
  }
  return flat;
}

/** `https://` and a trailing slash do not distinguish issuers. */
function normalIssuer(issuer: string): string {
  return (/^https?:\/\//.test(issuer) ? issuer : `https://${issuer}`).replace(
    /\/+$/,
    "",
  );
}

function unauthenticated(message: string): Refusal {
  return new Refusal(401, "InvalidAuthHeader", message);
}
