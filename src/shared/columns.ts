/**
 * What a write says beside the host's fields: the rules that no validator can express.
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import { ID } from "./documents.js";
import { issue, nameProblem } from "./issues.js";
import { EXPIRY } from "./retention.js";

type Said = {
  key?: string | undefined;
  expiresAt?: number | null | undefined;
};

/** What is wrong with a key, and with the time at which a document expires. */
export function columnIssues({ key, expiresAt }: Said): Issue[] {
  const problem = key === undefined ? null : nameProblem(key, ID.maxKey);
  return [
    ...(problem ? [issue("key", problem)] : []),
    ...(isTime(expiresAt) ? [] : [issue("expiresAt", NO_TIME)]),
  ];
}

/** Whether this can be a time in ms since 1970, or is none: refuses seconds where milliseconds are meant. */
export function isTime(time: Said["expiresAt"]): boolean {
  if (time === undefined || time === null) return true;
  return time >= EXPIRY.leastMs && time <= EXPIRY.mostMs;
}

const NO_TIME =
  "must be a time in milliseconds since 1970, such as Date.now() + 30 * 24 * 60 * 60 * 1000.";
