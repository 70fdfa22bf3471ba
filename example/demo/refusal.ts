/**
 * Calls that are meant to be refused.
 *
 * @module
 */
import {
  isDocsError,
  type DocsErrorCode,
  type DocsErrorData,
} from "@acme/convex-docs/errors";

/** The error of a call that must be refused with this code. Any other outcome fails the step. */
export async function refused<Code extends DocsErrorCode>(
  code: Code,
  call: () => Promise<unknown>,
): Promise<DocsErrorData<Code>> {
  try {
    await call();
  } catch (error) {
    if (isDocsError(error, code)) return error.data as DocsErrorData<Code>;
    throw new Error(`refused, but not with ${code}`, { cause: error });
  }
  throw new Error(`not refused, though it should be with ${code}`);
}

/** An error as the client's switch sees it. */
export function said({ code, message }: DocsErrorData): string {
  return `${code}: ${message}`;
}
