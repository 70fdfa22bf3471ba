/**
 * Erasing what there is of a person: a task that goes through every holding, in steps of one transaction, and then waits until what
 * its deletions have left to be done is done. Its row is the receipt. While it runs the row knows the person; then a digest of their
 * id is left, by which who already has the id finds it.
 *
 * @module
 */
import type { Value } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { nameRefusal } from "../../shared/access.js";
import { ID } from "../../shared/documents.js";
import { fail, invalidAt } from "../../shared/failures.js";
import type { HostFunction } from "../../shared/functions.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { PERSON, type Erasure, type Person } from "../../shared/person.js";
import { declare } from "../engine/functions.js";
import {
  lastTask,
  startTask,
  type Task,
  type TaskKind,
  type TaskOutcome,
} from "../engine/task.js";
import { forget } from "../history/tasks.js";
import { grantRemoval } from "../sharing/tasks.js";
import type { Erasing } from "./holding.js";
import { HOLDINGS } from "./holdings.js";

/** The stage behind all holdings: the clean-ups of what was deleted. */
const CLEAN_UP = "clean-up";
const CLEAN_UPS = [forget.name, grantRemoval.name];

/** The stage, and how far it is. */
type Cursor = { stage: string; place: Value | null };

export const erasure: TaskKind<Erasing> = {
  name: "person.erase",
  maxSize: PERSON.stepRows,
  keepMs: PERSON.keepMs,
  step: async (ctx, task, size) => {
    const { stage, place } = cursorOf(task);
    const index = HOLDINGS.findIndex(({ name }) => name === stage);
    const holding = HOLDINGS[index];
    if (!holding) return await waitForCleanUps(ctx, place);
    const outcome = await holding.erase(ctx, task.input, place, size);
    if (outcome.kind === "more") {
      return { ...outcome, cursor: { stage, place: outcome.cursor } };
    }
    return outcome.kind === "done"
      ? { ...outcome, kind: "more", cursor: stageBehind(index) }
      : outcome;
  },
  itemAt: async (ctx, task) => {
    const { stage, place } = cursorOf(task);
    const index = HOLDINGS.findIndex(({ name }) => name === stage);
    const holding = HOLDINGS[index];
    if (!holding) return null;
    const item = await holding.itemAt?.(ctx, task.input, place);
    return item
      ? { id: item.id, behind: { stage, place: item.behind } }
      : { id: stage, behind: stageBehind(index) };
  },
  // What is left says nothing about whom.
  onEnd: (ctx, { _id }) =>
    ctx.db.patch("tasks", _id, { input: undefined, cursor: undefined }),
};

function cursorOf({ cursor }: Pick<Task, "cursor">): Cursor {
  return (cursor as Cursor | undefined) ?? stageBehind(-1);
}

function stageBehind(index: number): Cursor {
  return { stage: HOLDINGS[index + 1]?.name ?? CLEAN_UP, place: null };
}

/** Those that have begun until now: others may go on beginning for ever. */
async function waitForCleanUps(
  ctx: MutationCtx,
  place: Value | null,
): Promise<TaskOutcome> {
  const until = Number(place ?? Date.now());
  for (const kind of CLEAN_UPS) {
    const first = await ctx.db
      .query("tasks")
      .withIndex("subject", (q) =>
        q.eq("kind", kind).eq("subject", "").lte("_creationTime", until),
      )
      .first();
    if (!first) continue;
    const cursor = { stage: CLEAN_UP, place: until };
    return { kind: "more", cursor, waitMs: PERSON.waitMs };
  }
  return { kind: "done" };
}

/**
 * Starts to erase a person, unless that is under way. Returns the id of the run.
 *
 * @throws VALIDATION_FAILED
 */
export async function startErasure(
  ctx: MutationCtx,
  person: Person,
  worker?: HostFunction,
): Promise<string> {
  assertPerson(person);
  const subject = await digestOf(person.userId);
  const last = await lastTask(ctx, erasure, subject);
  const name = worker && (await declare(ctx, worker));
  if (last?.state === "running") return last._id;
  const input = { ...person, ...omitUndefined({ worker: name }) };
  return await startTask(ctx, erasure, { subject, input });
}

/** Throws for names that nobody has. */
export function assertPerson({ userId, principals = [] }: Person): void {
  const refusal =
    nameRefusal("userId", userId, ID.maxUser) ??
    (principals.length > PERSON.maxPrincipals
      ? invalidAt("principals", `are at most ${PERSON.maxPrincipals}.`)
      : null) ??
    principals
      .map((name, at) => nameRefusal(`principals.${at}`, name, ID.maxUser))
      .find((one) => one !== null);
  if (refusal) throw fail(refusal);
}

/** How far a run is; `null` for one that there is not. By the person: their last. */
export async function findErasure(
  ctx: QueryCtx,
  which: { runId?: string; userId?: string },
): Promise<Erasure | null> {
  const { runId = "", userId } = which;
  const id = ctx.db.normalizeId("tasks", runId);
  const task =
    userId === undefined
      ? id && (await ctx.db.get("tasks", id))
      : await lastTask(ctx, erasure, await digestOf(userId));
  return task?.kind === erasure.name ? toErasure(task) : null;
}

function toErasure(task: Omit<Doc<"tasks">, "input">): Erasure {
  const { _id: runId, state, failed, failures, counts, startedAt } = task;
  return {
    runId,
    state: stateOf(task),
    ...(state === "running" ? { stage: cursorOf(task).stage } : {}),
    counts,
    failed,
    failures,
    startedAt,
    ...omitUndefined({ error: task.error, finishedAt: task.finishedAt }),
  };
}

function stateOf({
  state,
  failed,
}: Pick<Task, "state" | "failed">): Erasure["state"] {
  if (state === "running") return "running";
  if (state !== "done") return "failed";
  return failed > 0 ? "partial" : "done";
}

/** Sixteen bytes, as hexadecimal digits. */
async function digestOf(userId: string): Promise<string> {
  const bytes = new TextEncoder().encode(`convex-docs erasure ${userId}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest.slice(0, 16)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
