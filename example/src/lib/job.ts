import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { explain } from "./failure.js";

/** What a bulk job does: gives a status, or what the operation is called. */
export type JobKind = "published" | "archived" | "remove" | "restore" | "purge";

/** A job as this window remembers it. */
export type Job = {
  jobId: string;
  kind: JobKind;
  /** How many documents it is about, where the server will not say. */
  expected?: number;
};

export type JobStatus = NonNullable<
  FunctionReturnType<typeof api.documents.bulkStatus>
>;

const WORDS: Record<JobKind, [doing: string, done: string]> = {
  published: ["Publishing", "published"],
  archived: ["Archiving", "archived"],
  remove: ["Moving to the trash", "moved to the trash"],
  restore: ["Restoring", "restored"],
  purge: ["Deleting", "deleted for good"],
};

export function isJob(value: unknown): value is Job {
  const job = value as Partial<Job> | null;
  return (
    typeof job === "object" &&
    job !== null &&
    typeof job.jobId === "string" &&
    typeof job.kind === "string" &&
    Object.hasOwn(WORDS, job.kind)
  );
}

/** What is going on. */
export function doing(kind: JobKind): string {
  return `${WORDS[kind][0]}…`;
}

/** What became of it: "326 documents archived". */
export function done(kind: JobKind, count: number): string {
  const documents = count === 1 ? "document" : "documents";
  return `${count.toLocaleString("en")} ${documents} ${WORDS[kind][1]}`;
}

/** Refusals in words, each once, with how many documents it was about; the most frequent first. */
export function reasons(
  failures: Pick<JobStatus["failures"][number], "error">[],
): { text: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { error } of failures) {
    const { title } = explain(error);
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return [...counts]
    .map(([text, count]) => ({ text, count }))
    .sort((a, b) => b.count - a.count);
}
