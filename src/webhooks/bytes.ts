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
  for (const byte of bytes) hex += (byte < 16 ? "0" : "") + byte.toString(16);
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

/** Whether two texts are equal, in a time that does not depend on where they differ. */
export function timingSafeEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) {
    difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  }
  return difference === 0;
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
