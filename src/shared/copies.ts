/**
 * What was published of a document, beside the document as it is.
 *
 * @module
 */
import type { Copy, StoredDocument } from "./documents.js";
import { omitUndefined } from "./omitUndefined.js";

/** The columns of a document that everybody goes on seeing while it is edited. */
export function toCopy({
  version,
  updatedAt,
  publishedAt,
  pinned,
  expiresAt,
  fields,
}: Copy): Copy {
  const times = omitUndefined({ publishedAt, pinned, expiresAt });
  return { version, updatedAt, fields, ...times };
}

/** A document that is ahead as everybody sees it. */
export function withCopy<Row extends Partial<StoredDocument>>(
  row: Row,
  copy: Copy,
): Row {
  const { hasDraft: _draft, publishedAt: _at, ...left } = row;
  const { pinned: _pinned, expiresAt: _end, ...rest } = left;
  return { ...rest, ...toCopy(copy) } as unknown as Row;
}
