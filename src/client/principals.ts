/**
 * What a user may act as, by the host's `principals`.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import { nameRefusal } from "../shared/access.js";
import { ID, type Actor, type Held } from "../shared/documents.js";
import {
  hasAddress,
  isEmail,
  isLink,
  isUnasked,
  toPrincipal,
  UNASKED,
} from "../shared/principals.js";
import { vRole } from "../shared/roles.js";
import { SHARING } from "../shared/sharing.js";
import type { DocsState } from "./options.js";

/** What a name that somebody acts by is to the host: see `Hooks.principals`. */
export type Principal = string | Held;

/** An actor of whom the host may have more to say. */
export function unasked({ hooks }: DocsState, actor: Actor): Actor {
  if (!hooks.principals || actor.kind !== "user") return actor;
  return { ...actor, as: "unasked" };
}

/**
 * Runs a call as the user alone, and if it names what is not the user's, again with all that they may act as. So whoever works on
 * their own documents costs the host no look at its teams.
 *
 * @param isOther whether the call is known to be about another's, or can be run only once: then the host is asked at once. Default:
 * `false`
 */
export async function acting<T>(
  core: DocsState,
  ctx: object,
  actor: Actor,
  run: (actor: Actor) => Promise<T>,
  isOther = false,
): Promise<T> {
  if (!isUnasked(actor)) return await run(actor);
  if (!isOther) {
    try {
      return await run(actor);
    } catch (error) {
      if (!(error instanceof ConvexError) || error.data !== UNASKED) {
        throw error;
      }
    }
  }
  return await run(await asked(core, ctx, actor));
}

/** Whether any of these is said to be another's than this user's. */
export function nameOther(actor: Actor, named: readonly object[]): boolean {
  return named.some((one) => {
    const { ownerId } = one as { ownerId?: unknown };
    const isNamed = actor.kind === "user" && ownerId !== undefined;
    return isNamed && ownerId !== actor.id;
  });
}

/** Whether a document is none of this user's own. */
export function isOthers(
  actor: Actor,
  document: { ownerId: string } | null,
): boolean {
  return actor.kind === "user" && document?.ownerId !== actor.id;
}

/** Ends a call of a user alone who names what is not theirs, before anything is written: see `acting`. */
export function endIfUnasked(
  actor: Actor,
  found: readonly { document: { ownerId: string } | null }[],
): void {
  if (!isUnasked(actor)) return;
  if (found.some(({ document }) => isOthers(actor, document))) {
    throw new ConvexError(UNASKED);
  }
}

/** The actor, with all that they may act as. */
export async function asked(
  { hooks: { principals } }: DocsState,
  ctx: object,
  actor: Actor,
): Promise<Actor> {
  if (actor.kind !== "user" || !principals) return actor;
  const given = await principals(ctx, actor.id);
  return { ...actor, as: usable(actor.id, given) };
}

/** Each name once. Too many are cut off: who can put a user into one team more must not be able to lock them out by it. */
function usable(userId: string, given: readonly Principal[]): Held[] {
  const held = new Map<string, Held>();
  for (const one of given) {
    const { id, upTo } = checked(one);
    if (id === userId || held.has(id)) continue;
    held.set(id, upTo === undefined ? { id } : { id, upTo });
  }
  if (held.size > SHARING.maxHeld) {
    console.warn(
      `convex-docs: principals() returned ${held.size} names; the first ${SHARING.maxHeld} count.`,
    );
  }
  return [...held.values()].slice(0, SHARING.maxHeld);
}

const ROLES: unknown[] = vRole.members.map(({ value }) => value);

/** Plain JavaScript may return anything. What makes no sense is a mistake that nobody may profit from. */
function checked(one: Principal): Held {
  const named = typeof one === "string" ? { id: one } : one;
  const held = Object(named) as Partial<Held>;
  const { upTo } = held;
  const id = typeof held.id === "string" ? toPrincipal(held.id) : "";
  const isName =
    nameRefusal("id", id, ID.maxUser) === null &&
    !isLink(id) &&
    (!isEmail(id) || hasAddress(id));
  if (isName && (upTo === undefined || ROLES.includes(upTo))) {
    return { id, ...(upTo === undefined ? {} : { upTo }) };
  }
  throw new Error(
    "convex-docs: principals() returned a name that nobody acts by. Return texts of 1 to 512 characters, none of a link, an address behind email:, or { id, upTo } with a role.",
  );
}

const NOBODY = { getUserIdentity: () => Promise.resolve(null) };

/** The `ctx` of a call for somebody who is not the caller: the caller's token says nothing about them, so nobody is signed in. */
export function withoutCaller<Ctx extends object>(ctx: Ctx): Ctx {
  const copy = Object.create(
    Object.getPrototypeOf(ctx) as object | null,
  ) as Ctx;
  return Object.assign(copy, ctx, { auth: NOBODY });
}
