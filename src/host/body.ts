/**
 * Reads a body up to a limit. What arrives is counted, because a length that somebody announces need not be true; and it is
 * read chunk by chunk, so that no more than the limit is ever in memory.
 *
 * @returns `undefined` if it is longer: the rest is not read
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
    // Compared so that a limit which is no number lets nothing through.
    if (!(left >= 0)) return reader.cancel() as Promise<undefined>;
    chunks.push(value);
  }
  return new Blob(chunks);
}
