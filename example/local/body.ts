import type { IncomingMessage } from "node:http";

/** The largest request body and the largest WebSocket message (bytes). */
export const BODY_LIMIT = 20 * 1024 * 1024;

/** Reads a request's body; null if it is larger than {@link BODY_LIMIT}. */
export async function readBody(
  request: IncomingMessage,
): Promise<Buffer<ArrayBuffer> | null> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
