/**
 * Verifies a delivery: one engine for every scheme. A scheme says where the signatures stand and what they sign.
 *
 * @module
 */
import type { Refusal } from "../shared/webhooks.js";
import { timingSafeEqual, toBase64, toHex, utf8, type Bytes } from "./bytes.js";

/** A request as it came: the body is bytes, and nothing of it has been parsed. */
export type Delivery = { headers: Headers; body: Bytes; url: string };

/** What a delivery claims about itself. */
export type Claim = {
  /** The signatures as texts. One that matches is enough. */
  signatures: string[];
  /** What may have been signed. One that matches is enough. */
  signed: Bytes[];
  /** When it was signed, in seconds since 1970, as the header spells it. Absent: the scheme signs no time. */
  timestamp?: string;
};

/** How a provider signs. */
export type Scheme = {
  /** What `signTestRequest` calls it. */
  name: string;
  hash: "SHA-1" | "SHA-256" | "SHA-512";
  encoding: "hex" | "base64";
  /** The key that a secret stands for, or `null` if it stands for none. The secret's own bytes when not given. */
  keyOf?: (secret: string) => Bytes | null;
  /** Finds the claim of a delivery, or says what is wrong with its headers. */
  read: (delivery: Delivery) => Claim | Refusal | Promise<Claim | Refusal>;
};

export type VerifyOptions = {
  /** Any may match. Those that cannot be secrets are left out; if none is left, that is SECRET_MISSING. */
  secrets: readonly unknown[];
  /** The time, in ms. */
  now: number;
  /** How far a timestamp may lie in the past or the future: 300 s when not given. */
  toleranceSeconds?: number;
};

/**
 * Why a delivery must not be believed, or `null` if a holder of one of the secrets signed exactly these bytes, in time.
 *
 * Bounded: at most 16 signatures and 4 secrets, one HMAC a secret and candidate.
 *
 * @example
 * ```ts
 * const refusal = await verify(stripeScheme, { headers, body, url }, { secrets: ["whsec_…"], now: Date.now() });
 * ```
 */
export async function verify(
  scheme: Scheme,
  delivery: Delivery,
  {
    secrets,
    now,
    toleranceSeconds = SIGNATURE.toleranceSeconds,
  }: VerifyOptions,
): Promise<Refusal | null> {
  const keys: CryptoKey[] = [];
  for (const secret of secrets.slice(0, SIGNATURE.maxSecrets)) {
    const key = isSecret(secret) ? await keyFor(scheme, secret) : null;
    if (key) keys.push(key);
  }
  if (keys.length === 0) return "SECRET_MISSING";
  const read = scheme.read(delivery);
  const claim = read instanceof Promise ? await read : read;
  if (typeof claim === "string") return claim;
  const { signatures, signed, timestamp } = claim;
  const late = timestamp && timeRefusal(timestamp, now, toleranceSeconds);
  if (late) return late;
  const candidates = signatures.slice(0, SIGNATURE.maxSignatures);
  for (const key of keys) {
    for (const content of signed) {
      const expected = await signatureOf(scheme, key, content);
      if (
        candidates.some((candidate) => timingSafeEqual(candidate, expected))
      ) {
        return null;
      }
    }
  }
  return "SIGNATURE_MISMATCH";
}

/** The signature of some bytes, as the scheme writes it. */
export async function signatureOf(
  { encoding }: Pick<Scheme, "encoding">,
  key: CryptoKey,
  content: Bytes,
): Promise<string> {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
  return encoding === "hex" ? toHex(mac) : toBase64(mac);
}

/** Keys that were imported, the latest few of each scheme: importing costs as much as signing 2 kB. */
const keyrings = new WeakMap<Scheme, Map<string, CryptoKey>>();

/** The key that a secret stands for, or `null` if it stands for none. */
export async function keyFor(
  scheme: Scheme,
  secret: string,
): Promise<CryptoKey | null> {
  const keyring = keyrings.get(scheme) ?? new Map<string, CryptoKey>();
  const known = keyring.get(secret);
  if (known) return known;
  const { hash, keyOf = utf8 } = scheme;
  const bytes = keyOf(secret);
  if (!bytes?.length) return null;
  const algorithm = { name: "HMAC", hash };
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, [
    "sign",
  ]);
  if (keyring.size >= SIGNATURE.maxKeys) keyring.clear();
  keyrings.set(scheme, keyring.set(secret, key));
  return key;
}

/**
 * Whether a value can be a secret. What an environment variable that is not there turns into cannot, nor can one with
 * white space around it, which is a slip of the clipboard: a signature under it would never match, or always.
 */
export function isSecret(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() === value &&
    !/^(?:|undefined|null)$/.test(value)
  );
}

function timeRefusal(
  timestamp: string,
  now: number,
  tolerance: number,
): Refusal | null {
  if (!/^\d{1,12}$/.test(timestamp)) return "INVALID_TIMESTAMP";
  const age = Math.floor(now / 1000) - Number(timestamp);
  if (age > tolerance) return "TIMESTAMP_TOO_OLD";
  return age < -tolerance ? "TIMESTAMP_TOO_NEW" : null;
}

/*
 * Reading signature headers.
 */

/** A header without what surrounds it; empty if it is absent. No more of it is read than any sender would send. */
export function header(headers: Headers, name: string): string {
  return (headers.get(name) ?? "").slice(0, SIGNATURE.maxHeader).trim();
}

/** The values of `name=value` pairs with this name, in order. White space around a pair does not count. */
export function pairValues(
  text: string,
  separator: string,
  name: string,
): string[] {
  const found: string[] = [];
  for (const pair of text.split(separator)) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value) found.push(value);
  }
  return found;
}

/*
 * Every number that bounds verifying a delivery, with its unit and its reason. Apart from those of storing and applying one
 * (shared/webhooks/limits.ts): a bundle of one scheme holds no more than it needs.
 */

/** What verifying one delivery may cost. */
export const SIGNATURE = {
  /** Signatures of one header that are looked at. A rotation has two; the rest would be somebody keeping us busy. */
  maxSignatures: 16,
  /** Secrets of one source: a rotation has two. */
  maxSecrets: 4,
  /** Imported keys that are kept for one scheme: a rotation of several sources that share it. */
  maxKeys: 16,
  /** Characters of a signature header that are read. */
  maxHeader: 8192,
  /** Seconds a timestamp may lie in the past or the future. Source: the Standard Webhooks libraries and Stripe's. */
  toleranceSeconds: 300,
} as const;
