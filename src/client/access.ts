/**
 * Asking the host's `access`.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { isMet, refusalOf, standingOf, type Who } from "../shared/access.js";
import type { StoredDocument } from "../shared/documents.js";
import {
  NEEDS,
  vRole,
  type Answer,
  type Answers,
  type Need,
  type Role,
} from "../shared/roles.js";
import { flatten } from "./document.js";
import type { AnyHooks } from "./options.js";

/** What `access` has answered about a document, and what follows from it. */
export type Judgement = {
  answers?: Answers;
  refusal: DocsErrorData | null;
};

/**
 * Asks the hook what an operation on a document needs, and as soon as it says no, whether the actor may read it: what they
 * cannot read is answered like what does not exist. Without a hook, and for the system, their own role counts.
 *
 * @param id the document's id as the caller sent it
 */
export async function judge(
  { access }: AnyHooks,
  ctx: unknown,
  who: Who,
  document: StoredDocument,
  needs: readonly Need[],
  id: string,
): Promise<Judgement> {
  const { actor } = who;
  if (!access || actor.kind === "system") {
    return { refusal: refusalOf(who, document, id, needs) };
  }
  const userId = actor.kind === "user" ? actor.id : null;
  const answers: Answers = {};
  const heard = new Set<string>();
  const ask = async (need: Need): Promise<void> => {
    const { asked: operation } = need;
    if (operation === undefined || heard.has(operation)) return;
    heard.add(operation);
    const byDefault = isMet(who, document, need);
    const answer: unknown = await access(ctx, {
      operation,
      document: flatten(document),
      userId,
      role: standingOf(who, document),
      byDefault,
    });
    const checked = checkAnswer(answer);
    // Who only agrees leaves the decision to the component, which sees what has changed since, and makes nobody more than they are.
    if (checked !== true || !byDefault) answers[operation] = checked;
  };
  for (const need of needs) {
    await ask(need);
    if (isMet({ ...who, answers }, document, need)) continue;
    for (const reading of NEEDS.read) await ask(reading);
    break;
  }
  const refusal = refusalOf({ ...who, answers }, document, id, needs);
  return { answers, refusal };
}

const ROLES: unknown[] = vRole.members.map(({ value }) => value);

/** Plain JavaScript may answer anything. What is missing is a no; what makes no sense is a mistake that nobody may profit from. */
function checkAnswer(answer: unknown): Answer {
  if (typeof answer === "boolean") return answer;
  if (answer === undefined || answer === null) return false;
  if (ROLES.includes(answer)) return answer as Role;
  throw new Error(
    `convex-docs: access() returned ${typeof answer}; return true, false, or one of ${ROLES.join(", ")}.`,
  );
}
