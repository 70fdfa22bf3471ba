/**
 * Asking whether the actor may do something, without doing it.
 *
 * @module
 */
import { invoke, type RunQueryCtx } from "../host/component.js";
import type { Actor } from "../shared/documents.js";
import { fail, invalidAt } from "../shared/failures.js";
import {
  needsOf,
  type Answers,
  type CanOperation,
  type Permission,
} from "../shared/roles.js";
import { judge } from "./access.js";
import { load } from "./load.js";
import type { DocsState } from "./options.js";
import { endIfUnasked } from "./principals.js";

type Question = {
  actor: Actor;
  ids: string[];
  operation: CanOperation;
  fields?: readonly string[];
};

/** One answer per id, in order. The component decides, with what `access` says where the host has one. */
export async function readPermissions(
  core: DocsState,
  ctx: RunQueryCtx,
  { fields = [], ...question }: Question,
): Promise<Permission[]> {
  const names = [...fields];
  if (names.length > 0 && question.operation !== "update") {
    throw fail(invalidAt("fields", "is for the operation update."));
  }
  const answers = await answersOf(core, ctx, { ...question, names });
  const { rules, component } = core;
  const call = { ...question, names, rules, ...(answers ? { answers } : {}) };
  return await invoke(() => ctx.runQuery(component.documents.can, call));
}

/** A no to everything, for what is not there: should it come back before the component looks, nobody has said yes. */
const NO: Answers = {
  read: false,
  update: false,
  remove: false,
  transfer: false,
  share: false,
  members: false,
};

/** What `access` says about each document; `null` where it is not asked. */
async function answersOf(
  { hooks, declared, component }: DocsState,
  ctx: RunQueryCtx,
  { actor, ids, operation, names }: Question & { names: string[] },
): Promise<Answers[] | null> {
  const needs = needsOf(operation, names, declared);
  const isAsked = needs.some(({ asked }) => asked !== undefined);
  const isPerson =
    actor.kind === "user" ||
    (actor.kind === "anonymous" && operation === "read");
  if (!hooks.access || !isAsked || !isPerson) return null;
  const found = await load({ component }, ctx, actor, ids);
  endIfUnasked(actor, found);
  const judged = found.map(async ({ document, grants }, index) => {
    if (document === null) return NO;
    const id = ids[index] ?? "";
    const who = { actor, grants };
    const asked = await judge(hooks, ctx, who, document, needs, id);
    return asked.answers ?? NO;
  });
  return await Promise.all(judged);
}
