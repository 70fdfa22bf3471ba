import type { Refusal } from "../shared/webhooks.js";
import { timingSafeEqual, toBase64, toHex, utf8, type Bytes } from "./bytes.js";

/** A request as it came: the body is bytes, not parsed. */
export type Delivery = { headers: Headers; body: Bytes; url: string };

/** The signature of a delivery, read from its headers and not verified. */
export type Signature = {
  /** The signatures as texts. One that matches is enough. */
  signatures: string[];
  /** The contents that may have been signed. One that matches is enough. */
  signed: Bytes[];
  /** The header's text of the time of signing, in seconds since 1970. Absent: the scheme signs no time. */
  timestamp?: string;
};

/** A provider's way to sign. One engine verifies all schemes. */
export type Scheme = {
  name: string;
  hash: "SHA-1" | "SHA-256" | "SHA-512";
  encoding: "hex" | "base64";
  /** The keys that a secret may stand for. None for a text that is no secret of this scheme. Default: its bytes. */
  keysOf?: (secret: string) => (Bytes | null)[];
  /** Reads the signature, or says what is wrong with the headers. */
  read: (
    delivery: Delivery,
  ) => Signature | Refusal | Promise<Signature | Refusal>;
};

export type VerifyOptions = {
  /** One that matches is enough. Values that cannot be secrets are left out; with none left: SECRET_MISSING. */
  secrets: readonly unknown[];
  /** The time, in ms. */
  now: number;
  /** How far a timestamp may lie in the past or the future, in seconds. Default: 300. */
  toleranceSeconds?: number;
};

/**
 * Verifies a delivery: `null` if a holder of one of the secrets signed exactly these bytes in time, else the reason why not.
 * Reads at most 16 signatures and 8 secrets.
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
  for (const secret of secrets
    .filter(isSecret)
    .slice(0, SIGNATURE.maxSecrets)) {
    keys.push(...(await keysFor(scheme, secret)));
  }
  if (keys.length === 0) return "SECRET_MISSING";
  const read = scheme.read(delivery);
  const signature = read instanceof Promise ? await read : read;
  if (typeof signature === "string") return signature;
  const { signatures, signed, timestamp } = signature;
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

/** Signs bytes, in the encoding of the scheme. */
export async function signatureOf(
  { encoding }: Pick<Scheme, "encoding">,
  key: CryptoKey,
  content: Bytes,
): Promise<string> {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
  return encoding === "hex" ? toHex(mac) : toBase64(mac);
}

/** The keys that a secret may stand for. None for a text that is no secret of this scheme. */
export async function keysFor(
  { hash, keysOf = (secret) => [utf8(secret)] }: Scheme,
  secret: string,
): Promise<CryptoKey[]> {
  // Not kept: Convex runs each HTTP action in a fresh context.
  const algorithm = { name: "HMAC", hash };
  const keys: CryptoKey[] = [];
  for (const bytes of keysOf(secret)) {
    if (!bytes?.length) continue;
    keys.push(
      await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]),
    );
  }
  return keys;
}

/**
 * Whether a value can be a secret. An unset environment variable cannot, as a value or as text; nor can a text with white
 * space around it, a slip of the clipboard.
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
  // Compared so that a tolerance that is no number accepts nothing.
  if (!(age <= tolerance)) return "TIMESTAMP_TOO_OLD";
  return age < -tolerance ? "TIMESTAMP_TOO_NEW" : null;
}

/* Signature headers. */

/** A header without white space around it; empty if it is absent. Reads no more than a genuine header has. */
export function header(headers: Headers, name: string): string {
  return (headers.get(name) ?? "").slice(0, SIGNATURE.maxHeader).trim();
}

/** The content type in lower case, without its parameters. */
export function mediaType(headers: Headers): string {
  const [type = ""] = header(headers, "content-type").split(";", 1);
  return type.trim().toLowerCase();
}

/** The values of the `name=value` pairs of a name, in order. White space around a pair is ignored. */
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

/** Limits of verifying one delivery. They stand apart from the others to keep the bundle of one scheme small. */
export const SIGNATURE = {
  /** Signatures of one header that are compared. A rotation has two. */
  maxSignatures: 16,
  /** Secrets of one source: live, test and those of connected accounts, each in a rotation. */
  maxSecrets: 8,
  /** Characters of a signature header that are read. */
  maxHeader: 8192,
  /** Default of `toleranceSeconds`. Source: the Standard Webhooks libraries and Stripe's. */
  toleranceSeconds: 300,
} as const;
