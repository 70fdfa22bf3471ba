import type { AnyDocsError, DocsErrorData } from "./codes.js";
import { getDocsError } from "./data.js";

/** What to do for each code. */
type Case<Code> = (data: Extract<AnyDocsError, { code: Code }>) => unknown;
type AllCases = { [Code in AnyDocsError["code"]]: Case<Code> };
type SomeCases = Partial<AllCases> & {
  /** Everything else: codes without a case, codes of a newer server, errors of others. */
  _: (error: unknown) => unknown;
};

/** Refuses a case for a code that does not exist: it would never run. */
type NoOthers<Cases> = {
  [Name in Exclude<keyof Cases, keyof SomeCases>]: "is not a code";
};
type CaseResult<Cases> = Cases[keyof Cases] extends (
  ...args: never[]
) => infer R
  ? R
  : never;

/**
 * Runs the case of an error's code and returns its result. Either every code has a case, `UNKNOWN` for the codes of a newer
 * server among them, or `_` takes the rest: a missing case without `_` is a compile error.
 *
 * @throws the error itself if it is not of this package and there is no `_`
 * @example
 * ```ts
 * const text = matchDocsError(error, {
 *   CONFLICT: ({ actual }) => `Somebody else saved version ${actual}.`,
 *   UNAUTHORIZED: () => "Please sign in.",
 *   _: (other) => errorMessage(other),
 * });
 * ```
 */
export function matchDocsError<Cases extends SomeCases>(
  error: unknown,
  cases: Cases & NoOthers<Cases>,
): CaseResult<Cases>;
export function matchDocsError<Cases extends AllCases>(
  error: unknown,
  cases: Cases & NoOthers<Cases>,
): CaseResult<Cases>;
export function matchDocsError(
  error: unknown,
  cases: Partial<SomeCases>,
): unknown {
  const data = getDocsError(error);
  // The case under a code takes the data of that code.
  const own = data && (cases[data.code] as Case<DocsErrorData["code"]>);
  if (own) return own(data as DocsErrorData);
  if (cases._) return cases._(error);
  throw error;
}
