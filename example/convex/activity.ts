import type { Activity } from "./validators.js";

type Side = { status: string; deletedAt?: number } | null;

/** What a change of a document means to the daily report; `null` if nothing. */
export function activityOf({
  before,
  after,
}: {
  before: Side;
  after: Side;
}): Activity | null {
  if (before === null) return "created";
  const wasThere = before.deletedAt === undefined;
  const isThere = after !== null && after.deletedAt === undefined;
  if (wasThere && !isThere) return "removed";
  const isNew = before.status !== "published" && after?.status === "published";
  return isThere && isNew ? "published" : null;
}
