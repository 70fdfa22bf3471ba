/**
 * Conditional reads. Weak tags: equal versions are equal documents, though not for ever equal bytes.
 *
 * Source: RFC 9110 §8.8.3 (`ETag`) and §13.1.2 (`If-None-Match`).
 *
 * @module
 */

/** The tag of a document at a version. A version is never reused while the document exists. */
export function etag(version: number): string {
  return `W/"${version}"`;
}

/** Whether the client has this version already. */
export function matches(ifNoneMatch: string | null, version: number): boolean {
  if (ifNoneMatch === null) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim());
  return tags.some(
    (tag) => tag === "*" || tag.replace(/^W\//, "") === `"${version}"`,
  );
}
