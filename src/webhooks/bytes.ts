/**
 * Bytes, their encodings and hashes, by web APIs alone: Convex's runtime has no `Buffer`.
 *
 * @module
 */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** Text as UTF-8. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Decodes base64 or base64url, padded or not; `null` if the text is neither. */
export function fromBase64(text: string): Bytes | null {
  try {
    const usual = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(usual), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Bytes as base64, with padding. */
export function toBase64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Bytes): string {
  let hex = "";
  // From 100 to 1ff, without the 1.
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1);
  return hex;
}

/** The bytes of a text, followed by those of a body. */
export function prepend(text: string, body: Bytes): Bytes {
  const head = utf8(text);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

/** Whether a text is the expected one, in a time that depends on the length of that one alone. */
export function timingSafeEqual(text: string, expected: string): boolean {
  let difference = text.length ^ expected.length;
  for (let at = 0; at < expected.length; at++) {
    // Behind the end of the text there is NaN, which counts as zero: the lengths differ then.
    difference |= text.charCodeAt(at) ^ expected.charCodeAt(at);
  }
  return difference === 0;
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
