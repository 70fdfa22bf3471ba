import type { Status } from "./validators.js";

/** The columns that entering a status sets. Whoever leaves a status clears `archivedAt` first. */
export function stage(
  status: Status,
  now: number,
): { status: Status; publishedAt?: number; archivedAt?: number } {
  if (status === "published") return { status, publishedAt: now };
  return status === "archived" ? { status, archivedAt: now } : { status };
}
