/**
 * Answers of the component and of the reference, made comparable: errors without their words, documents without what the
 * reference does not know.
 */
import { expect } from "vitest";
import type { DocsErrorData } from "../../../src/errors/codes.js";
import { getDocsError } from "../../../src/errors/index.js";
import type { Doc, Refusal, Result } from "./reference.js";

export function withoutWords(data: DocsErrorData): Refusal {
  expect(data.ns).toBe("convex-docs");
  switch (data.code) {
    case "VALIDATION_FAILED":
      return { code: data.code, paths: data.issues.map(({ path }) => path) };
    case "BATCH_FAILED":
      return {
        code: data.code,
        errors: data.errors.map(({ index, error }) => ({
          index,
          error: withoutWords(error),
        })),
      };
    default: {
      const { ns: _, message: __, retryable: ___, ...details } = data;
      return details;
    }
  }
}

/** The end of a call: what it returns, or the error of ours that it throws. Anything else fails the test. */
export async function attempt<T>(call: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    const data = getDocsError(error);
    if (!data || data.code === "UNKNOWN") throw error;
    return { ok: false, error: withoutWords(data) };
  }
}

/** Deep equality that is fast as long as it holds, and explains itself when it does not. */
export function same(real: unknown, expected: unknown): void {
  if (canonical(real) !== canonical(expected)) {
    expect(real).toEqual(expected);
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(
          Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : each,
  );
}

/** A document as a host reads it. */
export function shown(doc: Doc | null): Record<string, unknown> | null {
  if (doc === null) return null;
  const { id, trashed: _, fields, ...columns } = doc;
  return { _id: id, content: "", ...fields, ...columns };
}

/** A document as it was read, without the times of its creation. */
export function asRead(document: object | null) {
  if (document === null) return null;
  const { _creationTime, createdAt, ...rest } = document as Record<
    string,
    unknown
  >;
  expect(createdAt).toBe(Math.floor(_creationTime as number));
  return rest;
}
