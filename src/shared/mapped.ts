import type { DocsErrorData } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";

/** A host's own error for one of ours. */
export type MapError = (data: DocsErrorData) => Error;

/**
 * Runs a call and lets the host say what its failures look like. Two kinds pass unchanged: what is not ours, and
 * INVALID_CURSOR, whose data is part of Convex's own protocol (see `DocsErrorDetails`).
 */
export async function mapped<T>(
  mapError: MapError | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const data = mapError && getDocsError(error);
    if (!data || data.code === "UNKNOWN" || data.code === "INVALID_CURSOR") {
      throw error;
    }
    throw mapError(data);
  }
}
