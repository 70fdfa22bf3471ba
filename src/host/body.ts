/**
 * Reads a body up to a limit. Counts the bytes that arrive, because `Content-Length` need not be true, and stops at the limit,
 * so that no more than that is kept. What the runtime has received ahead of the reader is its own: in Convex's, the body of an
 * answer has no back-pressure (convex-backend, crates/isolate/src/environment/action/stream.rs).
 *
 * @returns `undefined` for a longer body, whose rest is not read
 */
export async function readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
): Promise<Blob | undefined> {
  const reader = body?.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let left = maxBytes;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    left -= value.length;
    // Written so that a limit of NaN lets nothing through.
    if (!(left >= 0)) return reader.cancel() as Promise<undefined>;
    chunks.push(value);
  }
  return new Blob(chunks);
}
