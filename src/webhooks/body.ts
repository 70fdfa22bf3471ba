/**
 * The body of a request: bytes, and no more of them than we want.
 *
 * @module
 */
import { readBody } from "../shared/body.js";
import type { Bytes } from "./bytes.js";

/** Reads a body up to a limit; `null` if it is longer. A length that the sender announces is believed only if it is too long. */
export async function readBytes(
  { headers, body }: Request,
  maxBytes: number,
): Promise<Bytes | null> {
  if (Number(headers.get("content-length")) > maxBytes) return null;
  const blob = await readBody(body, maxBytes);
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

/** Bytes as text, without a byte order mark; `null` if they are not UTF-8. */
export function decode(bytes: Bytes): string | null {
  try {
    // The default would put U+FFFD for what it cannot read, and nobody would notice.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
