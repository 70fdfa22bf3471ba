/**
 * The host's `access` hook, asked.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { mayRead, writeRefusal } from "../shared/access.js";
import { forbidden, notFound } from "../shared/failures.js";
import type { Actor, StoredDocument } from "../shared/validators.js";
import { flatten } from "./core.js";
import type { AccessOperation, Hooks } from "./hooks.js";

/** The `access` hook's answer, or the default where there is no hook or the system acts. */
export async function isAllowed<F extends PropertyValidators, Ctx>(
  { access }: Pick<Hooks<F, Ctx, never>, "access">,
  ctx: Ctx,
  actor: Actor,
  operation: AccessOperation,
  document: StoredDocument,
  byDefault: boolean,
): Promise<boolean> {
  if (!access || actor.kind === "system") return byDefault;
  const userId = actor.kind === "user" ? actor.id : null;
  const shown = flatten<F>(document);
  return await access(ctx, { operation, document: shown, userId, byDefault });
}

/**
 * Why this actor may not write this document, or `null`, in the host's own judgement. As without a hook, what the actor
 * cannot read is answered like what does not exist.
 */
export async function hostRefusal<F extends PropertyValidators, Ctx>(
  hooks: Hooks<F, Ctx, never>,
  ctx: Ctx,
  actor: Actor,
  operation: Exclude<AccessOperation, "read">,
  document: StoredDocument | null,
  id: string,
): Promise<DocsErrorData | null> {
  if (document === null) return notFound(id);
  const refusal = writeRefusal(actor, document, id, "live");
  const ask = (what: AccessOperation, byDefault: boolean) =>
    isAllowed(hooks, ctx, actor, what, document, byDefault);
  if (await ask(operation, refusal === null)) return null;
  const sees = await ask("read", mayRead(actor, document));
  return sees ? forbidden(id) : notFound(id);
}
