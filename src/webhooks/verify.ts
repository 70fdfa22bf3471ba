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
  { secrets, now, toleranceSeconds = TOLERANCE_SECONDS }: VerifyOptions,
): Promise<Refusal | null> {
  const keys = secrets
    .filter(isSecret)
    .slice(0, MAX_SECRETS)
    .flatMap((secret) => keysOf(scheme, secret));
  if (keys.length === 0) return "SECRET_MISSING";
  const signature = await scheme.read(delivery);
  if (typeof signature === "string") return signature;
  const { signatures, signed, timestamp } = signature;
  const late = timestamp && timeRefusal(timestamp, now, toleranceSeconds);
  if (late) return late;
  const candidates = signatures.slice(0, MAX_SIGNATURES);
  for (const bytes of keys) {
    // One at a time: the first is nearly always the one.
    const key = await importKey(scheme, bytes);
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
export function keysOf(scheme: Scheme, secret: string): Bytes[] {
  const found = scheme.keysOf?.(secret) ?? [utf8(secret)];
  return found.filter((bytes): bytes is Bytes => Boolean(bytes?.length));
}

/** A key to sign with. Not kept: Convex runs each HTTP action in a fresh context. */
export function importKey(
  { hash }: Pick<Scheme, "hash">,
  bytes: Bytes,
): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash };
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
}

/**
 * Whether a value can be a secret. An unset environment variable cannot, as a value or as text; nor can a text with white
 * space around it, a slip of the clipboard.
 */
export function isSecret(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() === value &&
    !["", "undefined", "null"].includes(value)
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
  return (headers.get(name) ?? "").slice(0, MAX_HEADER).trim();
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

/* Limits of verifying one delivery. They stand apart from the others, and each alone, to keep the bundle of one scheme small. */

/** Signatures of one header that are compared. A rotation has two. */
export const MAX_SIGNATURES = 16;
/** Secrets of one source: live, test and those of connected accounts, each in a rotation. */
export const MAX_SECRETS = 8;
/** Characters of a signature header that are read. */
export const MAX_HEADER = 8192;
/** Default of `toleranceSeconds`. Source: the Standard Webhooks libraries and Stripe's. */
export const TOLERANCE_SECONDS = 300;
