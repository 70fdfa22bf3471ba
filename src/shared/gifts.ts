/**
 * What is wrong with what somebody gives, whoever they are and whatever the document.
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import { ID } from "./documents.js";
import { issue, nameIssues, nameProblem } from "./issues.js";
import { hasAddress, isEmail, isLink, toPrincipal } from "./principals.js";
import { EXPIRY } from "./retention.js";
import { SHARING, type Gift, type NewLink } from "./sharing.js";

/** Where a gift stands in the call: by itself, or in the list `members`. Goes before the name of its part. */
export function giftPath(listed: boolean, index: number): string {
  return listed ? `members.${index}.` : "";
}

/** What is wrong with gifts. Nobody gets two in one call. */
export function giftIssues(gifts: Gift[], listed: boolean): Issue[] {
  const named = new Set<string>();
  return gifts.flatMap((gift, index) => {
    const path = giftPath(listed, index);
    const principal = toPrincipal(gift.principal);
    const isTwice = named.has(principal);
    named.add(principal);
    const problem = isTwice
      ? "stands in this call twice."
      : principalProblem(principal);
    return [
      ...issues(`${path}principal`, problem),
      ...issues(`${path}expiresAt`, endProblem(gift.expiresAt)),
      ...issues(`${path}acceptBy`, acceptProblem(principal, gift.acceptBy)),
    ];
  });
}

/** What is wrong with this as the name of somebody who has a role, or is to have one. */
export function principalIssues(principal: string): Issue[] {
  return issues("principal", principalProblem(toPrincipal(principal)));
}

/** What is wrong with a link. */
export function linkIssues({ label, expiresAt }: NewLink): Issue[] {
  return [
    ...(label === undefined
      ? []
      : nameIssues("label", label, SHARING.maxLabel)),
    ...issues("expiresAt", endProblem(expiresAt)),
  ];
}

function issues(path: string, problem: string | null): Issue[] {
  return problem === null ? [] : [issue(path, problem)];
}

/** Why a role cannot be given to this by name, or `null`. */
function principalProblem(principal: string): string | null {
  if (isLink(principal)) return "is a link: see createLink and revokeLink.";
  const problem = nameProblem(principal, ID.maxUser);
  if (problem !== null || !isEmail(principal) || hasAddress(principal))
    return problem;
  return 'has no e-mail address behind "email:".';
}

/** Why nothing can be given until then, or `null`. */
function endProblem(time: Gift["expiresAt"]): string | null {
  if (time === undefined || time === null) return null;
  if (time > Date.now() && time <= EXPIRY.mostMs) return null;
  return "must be a time to come, in milliseconds since 1970.";
}

function acceptProblem(
  principal: string,
  acceptBy: Gift["acceptBy"],
): string | null {
  if (acceptBy === undefined || isEmail(principal)) return endProblem(acceptBy);
  return "is for an invitation: see emailPrincipal. What is given to others needs no acceptance.";
}
