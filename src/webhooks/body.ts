/**
 * The body of a request: bytes, and no more of them than we want.
 *
 * @module
 */
import type { Bytes } from "./bytes.js";

/**
 * Reads a body up to a limit; `null` if it is longer. A length that the sender announces is believed only if it is too long:
 * what arrives is counted.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Bytes | null> {
  if (Number(request.headers.get("content-length")) > maxBytes) return null;
  if (!request.body) return new Uint8Array(0);
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}

function join(chunks: Uint8Array[], size: number): Bytes {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
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
