/**
 * What a link's token lets its bearer do.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
import type { Actor } from "../shared/documents.js";
import type { HistoryOperations, IfHistory } from "./history.js";
import type { Operations } from "./operations.js";
import type { NoViews } from "./views.js";

/** The operations that a link is good for: it reads and edits, and neither lists, shares nor removes. */
export type LinkedOperations<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx = RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx = ReadCtx & RunMutationCtx,
  H = undefined,
  Shown extends PropertyValidators = F,
  Id extends string = string,
> = Pick<
  Operations<F, ReadCtx, WriteCtx, object, NoViews, false, Shown, Id>,
  "get" | "getOrThrow" | "getMany" | "can" | "update" | "batchUpdate"
> &
  IfHistory<H, LinkedHistory<F, ReadCtx, WriteCtx, Id>>;

/** What an editor does with a history. */
export type LinkedHistory<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx,
  Id extends string = string,
> = Pick<
  HistoryOperations<F, ReadCtx, WriteCtx, Id>,
  "listRevisions" | "getRevision" | "revert"
>;

/** Arguments of a function that takes a link's token, where documents can be shared. */
export type Linkable<S, Args> = S extends true
  ? Args extends unknown
    ? Args & {
        /** The token of a link to the document. One that is not, or is over, is as none. */
        linkToken?: string;
      }
    : never
  : Args;

/** The operations whose functions in `docs.api()` take a token. */
export const LINKABLE: readonly string[] = [
  "get",
  "getMany",
  "can",
  "update",
  "batchUpdate",
  "listRevisions",
  "getRevision",
  "revert",
];

/** A new token: 256 bits, so that nothing has to count guesses. */
export function newToken(): string {
  return toText(crypto.getRandomValues(new Uint8Array(32)));
}

/** What is stored of a token: whoever reads the table cannot use it. */
export async function hashOf(token: string): Promise<string> {
  const bytes = new TextEncoder().encode(token);
  return toText(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** The actor, who has shown this. What cannot be a token is as none. */
export async function showing(actor: Actor, token: unknown): Promise<Actor> {
  if (actor.kind === "system" || typeof token !== "string") return actor;
  if (!/^[\w-]{43}$/.test(token)) return actor;
  return { ...actor, link: await hashOf(token) };
}

/** 43 characters of base64url. */
function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
