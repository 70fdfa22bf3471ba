/**
 * How the items of one call stand or fall together.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { batchFailed, fail } from "./failures.js";
import type { Mode } from "./validators.js";

/**
 * Throws if these refusals, one place an item, refuse the whole call. `single`: the one item's refusal is the call's.
 * `atomic`: one refusal refuses them all, and all are reported. `partial`: an item's refusal is the item's own.
 */
export function settle(
  mode: Mode,
  refusals: (DocsErrorData | null | undefined)[],
): void {
  if (mode === "partial") return;
  const errors = refusals.flatMap((error, index) =>
    error ? [{ index, error }] : [],
  );
  const [first] = errors;
  if (!first) return;
  throw fail(mode === "single" ? first.error : batchFailed(errors));
}
