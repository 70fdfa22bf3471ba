/**
 * What a refused call must be: an error that a client can switch on, and a deployment in which nothing has changed.
 */
import { ConvexError } from "convex/values";
import { expect } from "vitest";
import type { DocsErrorData } from "../../src/errors/codes.js";
import type { Deployment } from "./host.js";
import { contents } from "./stored.js";

/** The data of the error of ours that a call is refused with. Any other end of the call fails the test. */
export async function refusal(call: Promise<unknown>): Promise<DocsErrorData> {
  const error = await call.then(
    (value) => expect.fail(`not refused: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConvexError)) throw error;
  const data = error.data as DocsErrorData;
  expect(data).toHaveProperty("ns", "convex-docs");
  return data;
}

/** As `refusal`, of a call that must leave every table of the deployment as it was. */
export async function refused(
  t: Deployment,
  call: () => Promise<unknown>,
): Promise<DocsErrorData> {
  const before = await contents(t);
  const data = await refusal(call());
  expect(await contents(t)).toEqual(before);
  return data;
}

/** The paths that a VALIDATION_FAILED blames. */
export function blamed(data: DocsErrorData): string[] {
  expect(data.code).toBe("VALIDATION_FAILED");
  return data.code === "VALIDATION_FAILED"
    ? data.issues.map(({ path }) => path)
    : [];
}

/** An answer about a document, with its id taken out, to compare answers byte by byte. */
export function anonymous(data: DocsErrorData, id: string): string {
  return JSON.stringify(data).replaceAll(id, "<id>");
}
