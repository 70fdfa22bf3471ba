/**
 * The history of a document: what the option `history` adds.
 *
 * @module
 */
import type { PaginationResult } from "convex/server";
import type { PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import {
  invoke,
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import { actorRefusal, readerRole } from "../shared/access.js";
import { END } from "../shared/cursor.js";
import type { Actor, Reverted } from "../shared/documents.js";
import { fail, forbidden, notFound } from "../shared/failures.js";
import { fieldsOf, seenBy } from "../shared/fieldRules.js";
import {
  HISTORY,
  type HistoryRules,
  type Revision,
} from "../shared/history.js";
import { assertWholeNumber, nameIssues } from "../shared/issues.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { ageMs, ageProblem, type Age } from "../shared/retention.js";
import { NEEDS, type Answers, type Need } from "../shared/roles.js";
import { judge } from "./access.js";
import type { DocsArgs, IdArgs } from "./arguments.js";
import { mapErrors } from "./errors.js";
import { load } from "./load.js";
import type { DocsState } from "./options.js";
import { planReversion } from "./revert.js";
import { write } from "./write.js";

/** What is kept of what documents contained. */
export type HistoryOptions = {
  /**
   * Revisions of one document: from 1 to 1,000, or `"all"`. The oldest go first, some at a time, so up to 32 more may be there.
   * What has a name stays. Default: 100.
   */
  keep?: number | "all";
  /**
   * How long a revision is kept after its content was replaced, or `"ever"`. It goes when the host's cron runs `pruneHistory` of
   * `docs.retention()`. What has a name stays. Default: 90 days.
   */
  for?: Age | "ever";
  /**
   * Edits of one author within this time of the first make one revision: at most a day, or `false`. An edit that drops a field or
   * more than half of the bytes always keeps what was there. Default: 5 minutes.
   */
  coalesce?: Age | false;
};

/** Why a call writes, for the history. */
export type Note = {
  /** 1 to 256 characters. Needs the option `history`. */
  reason?: string;
};

/** What `history` adds to the operations. Needs the role `editor`, for `update` and for `history`. */
export interface HistoryOperations<
  F extends PropertyValidators,
  ReadCtx,
  WriteCtx,
  Id extends string = string,
> {
  /**
   * A page of what a document contained, the newest first. The first row is its present content, so a query of it is live.
   *
   * @returns an empty page for a document that is missing, in the trash, or whose history the actor may not see
   * @throws INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listRevisions(ctx, {
   *   id,
   *   paginationOpts: { numItems: 20, cursor: null },
   * });
   * ```
   */
  listRevisions(
    ctx: ReadCtx,
    args: IdArgs<"listRevisions", Id>,
  ): Promise<PaginationResult<Revision>>;

  /**
   * What a document contained at a version.
   *
   * @returns `null` when that is not kept, or not for this actor to see
   * @throws VALIDATION_FAILED
   * @example
   * ```ts
   * const revision = await docs.getRevision(ctx, { id, version: 3 });
   * if (revision) console.log(revision.at, revision.fields);
   * ```
   */
  getRevision(
    ctx: ReadCtx,
    args: IdArgs<"getRevision", Id>,
  ): Promise<(Revision & { fields: Record<string, unknown> }) | null>;

  /**
   * Brings back what a document contained, or some fields of it, as a new version. Changes no status. What it replaces is kept.
   *
   * `mode`: `"exact"` refuses with every problem if the content is not valid any more. `"fitting"` leaves such fields as they are
   * and names them in `left`. Default: `"exact"`.
   *
   * @returns its id, its version afterwards, and the fields that stay as they are
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT: each as in `update`; VALIDATION_FAILED, also for a version that is not
   * kept
   * @example
   * ```ts
   * await docs.revert(ctx, { id, to: 3 });
   * const { left } = await docs.revert(ctx, { id, to: 3, only: ["title"], mode: "fitting" });
   * ```
   */
  revert(ctx: WriteCtx, args: DocsArgs<"revert", F, Id>): Promise<Reverted<Id>>;

  /**
   * Names a version, which keeps its content for as long as it has a name, or takes its name back with `null`. At most 200 of a
   * document have one. The document's version stays.
   *
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.nameRevision(ctx, { id, version: 3, name: "As sent to the printer" });
   * ```
   */
  nameRevision(ctx: WriteCtx, args: IdArgs<"nameRevision", Id>): Promise<null>;
}

/** What `history` adds to the operations of the system. */
export interface SystemHistory<Id extends string = string> {
  /**
   * Deletes what a document contained at a version, named or not, such as a secret that was pasted into it. Its other contents stay.
   *
   * @throws NOT_FOUND; FORBIDDEN for a document that is held; VALIDATION_FAILED for the present content, for what is
   * published of the document, and for a version whose content is not kept
   * @example
   * ```ts
   * await docs.asSystem("a key was pasted").forgetRevision(ctx, { id, version: 3 });
   * ```
   */
  forgetRevision(
    ctx: RunMutationCtx,
    args: { id: Id; version: number },
  ): Promise<void>;
}

/** See `SystemHistory`. */
export function createSystemHistory({
  component,
  mapError,
}: DocsState): SystemHistory {
  return {
    forgetRevision: async (ctx, { id, version }) => {
      const { forget } = component.history;
      const call = { id, version };
      await mapErrors(mapError, () =>
        invoke(() => ctx.runMutation(forget, call)),
      );
    },
  };
}

/** What there is only with the option `history`, whose type is `H`. */
export type IfHistory<H, Added> = H extends HistoryOptions ? Added : unknown;

/** What history needs of the operations that it is added to. */
type Base<ReadCtx> = {
  core: DocsState;
  actor: (ctx: ReadCtx) => Promise<Actor> | Actor;
  /** Checks the arguments, runs, and maps errors. */
  ask: <T>(
    operation: "listRevisions" | "getRevision" | "revert" | "nameRevision",
    args: object,
    run: () => Promise<T>,
    checks?: { rules: () => Issue[] },
  ) => Promise<T>;
};

/** The operations on history of one actor. */
export function createHistory<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx,
>({
  core,
  actor: actorIn,
  ask,
}: Base<ReadCtx>): HistoryOperations<F, ReadCtx, WriteCtx> {
  const { list, get, name } = core.component.history;
  const look = async (ctx: ReadCtx, id: string) =>
    await judgeOne(core, ctx, await actorIn(ctx), id, NEEDS.history);
  const writer = async (ctx: ReadCtx, id: string) =>
    await judgeWriter(core, ctx, await actorIn(ctx), id, NEEDS.history);
  return {
    listRevisions: (ctx, args) =>
      ask("listRevisions", args, async () => {
        const { id, paginationOpts } = args;
        const options = pageOptions(paginationOpts);
        const who = await look(ctx, id);
        if (who.refusal) return NO_PAGE;
        const { call, seen } = who;
        const asked = { ...call, id, paginationOpts: options };
        const found = await invoke(() => ctx.runQuery(list, asked));
        return { ...found, page: found.page.map((row) => asSeen(row, seen)) };
      }),
    getRevision: (ctx, args) =>
      ask("getRevision", args, async () => {
        const who = await look(ctx, args.id);
        if (who.refusal) return null;
        const { call, seen } = who;
        const found = await invoke(() =>
          ctx.runQuery(get, { ...call, ...args }),
        );
        if (found === null) return null;
        const fields = fieldsOf(seen, found.fields);
        return { ...asSeen(found, seen), fields };
      }),
    revert: (ctx, args) =>
      ask("revert", args, async () => {
        const who = await writer(ctx, args.id);
        return await bringBack(core, ctx, who, args);
      }),
    nameRevision: (ctx, args) => {
      const run = async () => {
        const { call } = await writer(ctx, args.id);
        const named = { ...call, ...args };
        return await invoke(() => ctx.runMutation(name, named));
      };
      const rules = () =>
        args.name === null
          ? []
          : nameIssues("name", args.name, HISTORY.maxName);
      return ask("nameRevision", args, run, { rules });
    },
  };
}

/** Writes again what a document contained, of what the caller sees. */
async function bringBack(
  core: DocsState,
  ctx: RunMutationCtx & RunQueryCtx,
  { call, seen }: Judged,
  args: DocsArgs<"revert">,
): Promise<Reverted> {
  const { id, to, ifVersion } = args;
  assertSeen(core, seen, args);
  const { source } = core.component.history;
  const asked = { ...call, id, version: to };
  const found = await invoke(() => ctx.runQuery(source, asked));
  const { change, left } = await planReversion(core, { ...found, seen }, args);
  // What was looked at is what may be written: in an action, where the two are apart, a change in between is a CONFLICT.
  const item = { id, ...change, ifVersion: ifVersion ?? found.version };
  const { actor } = call;
  const request = { operation: "revert", mode: "single", actor } as const;
  const [outcome] = await write(core, ctx, { ...request, items: [item] });
  if (!outcome?.ok) throw new Error("convex-docs: a call has no outcome.");
  return { id: outcome.id, version: outcome.version, left };
}

const NO_PAGE = { page: [], isDone: true, continueCursor: END };

/** Who asks about a document, and the names of the fields that they see. `null`: all. */
type Judged = {
  call: { actor: Actor; answers?: Answers };
  seen: readonly string[] | null;
};

/**
 * Asks the host's `access` what something needs of one document, if there is that hook, and says what the actor sees of it. The
 * component decides.
 */
export async function judgeOne(
  { component, hooks, declared }: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  id: string,
  needs: readonly Need[],
): Promise<
  | (Judged & { refusal?: never })
  | { refusal: NonNullable<Awaited<ReturnType<typeof judge>>["refusal"]> }
> {
  const isJudged = hooks.access ?? declared.readable;
  if (!isJudged || actor.kind === "system") {
    return { call: { actor }, seen: null };
  }
  const [found] = await load({ component }, ctx, actor, [id]);
  const { document = null, grants } = found ?? {};
  if (!document) return { refusal: notFound(id) };
  const reads = declared.readable ? NEEDS.read : [];
  const who = { actor, grants };
  const all = [...needs, ...reads];
  const judged = await judge(hooks, ctx, who, document, all, id);
  const { refusal, answers } = judged;
  if (refusal) return { refusal };
  const call = { actor, ...omitUndefined({ answers }) };
  const role = readerRole({ ...who, answers }, document);
  return { call, seen: seenBy(declared, role) };
}

/** The same of who wants to write. Who is signed out is told that, as by the component, and nothing of the document. */
export async function judgeWriter(
  core: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  id: string,
  needs: readonly Need[],
): Promise<Judged> {
  const signedOut = actorRefusal(actor);
  if (signedOut) throw fail(signedOut);
  const judged = await judgeOne(core, ctx, actor, id, needs);
  if (judged.refusal) throw fail(judged.refusal);
  return judged;
}

/** A revision as it is shown to who sees only some fields: its size would tell of the others. */
function asSeen<Row extends Revision>(
  row: Row,
  seen: readonly string[] | null,
): Row {
  if (seen === null) return row;
  const { bytes: _bytes, ...shown } = row;
  return shown as Row;
}

/** A revert is of what one sees: whether the rest would change is not for the caller to find out. */
function assertSeen(
  { fields }: DocsState,
  seen: readonly string[] | null,
  { id, only: named }: DocsArgs<"revert">,
): void {
  if (seen === null) return;
  const names: readonly string[] = named ?? Object.keys(fields);
  const hidden = names.filter((name) => !seen.includes(name));
  if (hidden.length > 0) throw fail(forbidden(id, hidden));
}

/** What a host's `history` means: the rules for the component, and how long a revision is kept (ms). */
export type HistoryState = { rules: HistoryRules; forMs?: number };

/** Throws for what is out of range: each is a mistake in the host's code. */
export function historyState({
  keep = HISTORY.defaultKeep,
  for: age = { days: 90 },
  coalesce = { minutes: 5 },
}: HistoryOptions): HistoryState {
  if (keep !== "all") {
    assertWholeNumber("history.keep", keep, 1, HISTORY.maxKeep);
  }
  const coalesceMs = coalesce === false ? 0 : ageMs(coalesce);
  const isWindow = coalesceMs >= 0 && coalesceMs <= HISTORY.maxCoalesceMs;
  if (!isWindow) {
    throw new Error(
      "convex-docs: history.coalesce must be false or a length of time of at most a day, such as { minutes: 5 }.",
    );
  }
  const forMs = age === "ever" ? undefined : ageMs(age);
  const problem = forMs === undefined ? null : ageProblem(forMs, false);
  if (problem) throw new Error(`convex-docs: history.for ${problem}`);
  const rules = { coalesceMs, ...(keep === "all" ? {} : { keep }) };
  return { rules, ...omitUndefined({ forMs }) };
}
