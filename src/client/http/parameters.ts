/**
 * What a client asks for in the query string of a page.
 *
 * @module
 */
import type { Issue } from "../../errors/codes.js";
import { fail, invalid } from "../../shared/failures.js";
import { PAGE } from "../../shared/limits.js";
import type { Order, Scope, Status } from "../../shared/validators.js";

/** Documents of a page when the client does not say. */
const DEFAULT_LIMIT = 20;

const STATUSES: Status[] = ["draft", "published", "archived"];
const ORDERS: Order[] = ["asc", "desc"];
const SCOPES: Scope[] = ["own", "public"];

export type Parameters = {
  scope: Scope;
  status: Status | undefined;
  order: Order;
  /** At least 1 and at most what a page can have. */
  limit: number;
  cursor: string | null;
};

/**
 * Reads `scope`, `status`, `order`, `limit` and `cursor`; whatever else is there is somebody else's. Throws
 * VALIDATION_FAILED with everything that is wrong. A limit above the largest page is that page.
 */
export function readParameters(
  search: URLSearchParams,
  signedIn: boolean,
): Parameters {
  const issues: Issue[] = [];
  const choose = <Choice extends string>(path: string, choices: Choice[]) => {
    const text = search.get(path);
    const choice = choices.find((known) => known === text);
    if (text !== null && choice === undefined) {
      issues.push({ path, message: `must be ${choices.join(" or ")}.` });
    }
    return choice;
  };
  const scope = choose("scope", SCOPES) ?? (signedIn ? "own" : "public");
  const status = choose("status", STATUSES);
  const order = choose("order", ORDERS) ?? "desc";
  if (scope === "public" && status !== undefined) {
    const message = "is for your own documents: public ones are published.";
    issues.push({ path: "status", message });
  }
  const limit = search.get("limit") ?? String(DEFAULT_LIMIT);
  if (!/^0*[1-9]\d*$/.test(limit)) {
    issues.push({ path: "limit", message: "must be a positive whole number." });
  }
  if (issues.length > 0) throw fail(invalid(issues));
  return {
    scope,
    status,
    order,
    limit: Math.min(Number(limit), PAGE.maxItems),
    // An empty cursor is what a form or a template sends for none.
    cursor: search.get("cursor") || null,
  };
}
