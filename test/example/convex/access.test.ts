/**
 * Every public function of the example, as three callers: nobody, somebody else, and the owner of the documents. A function
 * without a row fails, and so does a row without a function.
 */
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { app } from "./app.js";

const modules = import.meta.glob<Record<string, unknown>>(
  ["../../../example/convex/*.ts", "!../../../example/convex/*.config.ts"],
  { eager: true },
);

/** In no answer to somebody else. */
const SECRET = "Only Ada knows this.";
const first = { numItems: 10, cursor: null };

async function world() {
  const { t, ada, grace } = app();
  const { teamId } = await ada.mutation(api.teams.start, { name: "Engines" });
  const plan = { title: "Plan", content: SECRET };
  const make = async () => (await ada.mutation(api.documents.create, plan)).id;
  const [id, trashed, gone] = [await make(), await make(), await make()];
  await ada.mutation(api.documents.remove, { id: trashed });
  await ada.mutation(api.documents.remove, { id: gone });
  await ada.mutation(api.documents.purge, { id: gone });
  await ada.action(api.process.processDocument, { id });
  await ada.mutation(api.ai.requestSummary, { id });
  const { jobId } = await ada.mutation(api.documents.startBulk, {
    operation: "update",
    updates: { status: "archived" },
    where: { status: "draft" },
  });
  return { callers: [t, grace, ada], id, trashed, gone, jobId, teamId };
}
type World = Awaited<ReturnType<typeof world>>;
type Caller = World["callers"][number];

/** How a call ended: a code, or what it answered with. */
type Answer =
  | "ok"
  | "null"
  | "nothing"
  | "UNAUTHORIZED"
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "VALIDATION_FAILED";

interface Row {
  kind: "query" | "mutation" | "action";
  /** `id` is that of a private document of Ada's, or in a second call of one that is gone. */
  args?: (id: string, world: World) => Record<string, unknown>;
  /** Of the document in Ada's trash instead. */
  trashed?: true;
  /** Signed out, as Grace, as Ada. */
  answers: [Answer, Answer, Answer];
}

const byId = (id: string) => ({ id });
const byIds = (id: string) => ({ ids: [id] });
const ofJob = () => ({ job: "pull-updates" });
const paged = () => ({ paginationOpts: first });

const owners: Row["answers"] = ["UNAUTHORIZED", "NOT_FOUND", "ok"];
/** Everybody who is signed in is an operator of the demo. */
const operators: Row["answers"] = ["UNAUTHORIZED", "ok", "ok"];
/** The same, of rows of the operator's that are not there. */
const noRows: Row["answers"] = ["UNAUTHORIZED", "nothing", "nothing"];
const signedIn = operators;

const ROWS: Record<string, Row> = {
  "account:erase": { kind: "mutation", answers: signedIn },
  "account:erasure": {
    kind: "query",
    answers: ["UNAUTHORIZED", "null", "null"],
  },
  "account:exportPage": {
    kind: "query",
    args: () => ({ cursor: null }),
    answers: ["UNAUTHORIZED", "ok", "ok"],
  },

  "ai:requestSummary": { kind: "mutation", args: byId, answers: owners },
  "ai:state": { kind: "query", args: byId, answers: ["null", "null", "ok"] },

  "analytics:latest": { kind: "query", answers: noRows },

  "board:move": {
    kind: "mutation",
    args: (id) => ({ id, status: "draft", after: null }),
    answers: owners,
  },

  "demo:addSamples": { kind: "mutation", answers: signedIn },
  "demo:sendWebhook": {
    kind: "action",
    args: () => ({ eventId: "e", type: "t", objectId: "o", tampered: false }),
    answers: operators,
  },

  "documents:create": {
    kind: "mutation",
    args: () => ({ title: "A", content: "" }),
    answers: signedIn,
  },
  "documents:get": {
    kind: "query",
    args: byId,
    answers: ["null", "null", "ok"],
  },
  "documents:list": {
    kind: "query",
    args: paged,
    answers: ["UNAUTHORIZED", "nothing", "ok"],
  },
  "documents:listPublic": {
    kind: "query",
    args: paged,
    answers: ["nothing", "nothing", "nothing"],
  },
  "documents:listTrash": {
    kind: "query",
    args: paged,
    answers: ["UNAUTHORIZED", "nothing", "ok"],
  },
  "documents:search": {
    kind: "query",
    args: () => ({ query: "Ada" }),
    answers: ["UNAUTHORIZED", "nothing", "ok"],
  },
  "documents:count": {
    kind: "query",
    args: () => ({}),
    answers: ["UNAUTHORIZED", "nothing", "ok"],
  },
  "documents:update": {
    kind: "mutation",
    args: (id) => ({ id, title: "B" }),
    answers: owners,
  },
  "documents:publish": { kind: "mutation", args: byId, answers: owners },
  "documents:discardDraft": { kind: "mutation", args: byId, answers: owners },
  "documents:schedule": {
    kind: "mutation",
    args: (id) => ({ id, action: "publish", at: Date.UTC(2031, 0, 1) }),
    answers: owners,
  },
  "documents:cancelSchedule": {
    kind: "mutation",
    args: (id) => ({ id, action: "publish" }),
    answers: owners,
  },
  "documents:schedules": {
    kind: "query",
    args: byId,
    answers: ["nothing", "nothing", "nothing"],
  },
  "documents:listRevisions": {
    kind: "query",
    args: (id) => ({ id, ...paged() }),
    answers: ["nothing", "nothing", "ok"],
  },
  "documents:getRevision": {
    kind: "query",
    args: (id) => ({ id, version: 1 }),
    answers: ["null", "null", "ok"],
  },
  "documents:revert": {
    kind: "mutation",
    args: (id) => ({ id, to: 1 }),
    answers: owners,
  },
  "documents:nameRevision": {
    kind: "mutation",
    args: (id) => ({ id, version: 1, name: "First" }),
    answers: owners,
  },
  "documents:remove": { kind: "mutation", args: byId, answers: owners },
  "documents:restore": {
    kind: "mutation",
    args: byId,
    trashed: true,
    answers: owners,
  },
  "documents:purge": {
    kind: "mutation",
    args: byId,
    trashed: true,
    answers: owners,
  },
  "documents:batchCreate": {
    kind: "mutation",
    args: () => ({ items: [{ title: "A", content: "" }] }),
    answers: signedIn,
  },
  "documents:batchUpdate": {
    kind: "mutation",
    args: (id) => ({ ids: [id], updates: { title: "B" } }),
    answers: owners,
  },
  "documents:batchRemove": { kind: "mutation", args: byIds, answers: owners },
  "documents:startBulk": {
    kind: "mutation",
    args: (id) => ({ operation: "remove", ids: [id] }),
    answers: signedIn,
  },
  "documents:bulkStatus": {
    kind: "query",
    args: (_id, { jobId }) => ({ jobId }),
    answers: ["null", "null", "ok"],
  },
  "documents:cancelBulk": {
    kind: "mutation",
    args: (_id, { jobId }) => ({ jobId }),
    answers: ["NOT_FOUND", "NOT_FOUND", "ok"],
  },
  "documents:can": {
    kind: "query",
    args: (id) => ({ id, operation: "update" }),
    // The answer says it.
    answers: ["ok", "ok", "ok"],
  },
  "documents:share": {
    kind: "mutation",
    args: (id) => ({ id, principal: "email:x@example.com", role: "viewer" }),
    answers: owners,
  },
  "documents:unshare": {
    kind: "mutation",
    args: (id) => ({ id, principal: "email:x@example.com" }),
    answers: owners,
  },
  "documents:leave": {
    kind: "mutation",
    args: byId,
    answers: ["UNAUTHORIZED", "NOT_FOUND", "FORBIDDEN"],
  },
  "documents:acceptInvitations": { kind: "mutation", answers: signedIn },
  "documents:members": { kind: "query", args: byId, answers: owners },
  "documents:listShared": {
    kind: "query",
    args: paged,
    answers: ["UNAUTHORIZED", "nothing", "nothing"],
  },
  "documents:createLink": {
    kind: "mutation",
    args: (id) => ({ id, role: "viewer" }),
    answers: owners,
  },
  "documents:revokeLink": {
    kind: "mutation",
    args: (id) => ({ id, linkId: "none" }),
    answers: owners,
  },

  "operations:list": { kind: "query", answers: operators },
  "operations:runs": {
    kind: "query",
    args: () => ({ ...ofJob(), ...paged() }),
    answers: noRows,
  },
  "operations:runNow": { kind: "mutation", args: ofJob, answers: operators },
  "operations:setPaused": {
    kind: "mutation",
    args: () => ({ ...ofJob(), paused: true }),
    answers: operators,
  },
  "operations:cancel": { kind: "mutation", args: ofJob, answers: operators },
  "operations:previewCleanup": {
    kind: "query",
    args: () => ({ at: Date.now() }),
    answers: operators,
  },
  "operations:releaseQuarantined": { kind: "mutation", answers: operators },
  "operations:alerts": { kind: "query", answers: noRows },
  "operations:views": { kind: "query", answers: operators },
  "operations:rebuildViews": { kind: "mutation", answers: operators },
  "operations:dropView": {
    kind: "mutation",
    args: () => ({ view: "gone" }),
    answers: operators,
  },

  "payments:start": {
    kind: "mutation",
    args: () => ({ paymentId: "p", amount: 1 }),
    answers: operators,
  },
  "payments:latest": { kind: "query", answers: noRows },

  "process:processDocument": { kind: "action", args: byId, answers: owners },
  "process:statistics": {
    kind: "query",
    args: byId,
    answers: ["null", "null", "ok"],
  },

  "subscriptions:start": {
    kind: "mutation",
    args: () => ({ subscriptionId: "s" }),
    answers: operators,
  },
  "subscriptions:latest": { kind: "query", answers: noRows },

  "sync:latest": { kind: "query", answers: noRows },

  "teams:mine": { kind: "query", answers: ["nothing", "nothing", "ok"] },
  "teams:start": {
    kind: "mutation",
    args: () => ({ name: "Looms" }),
    answers: signedIn,
  },
  "teams:add": {
    kind: "mutation",
    args: (_id, { teamId }) => ({ teamId, userId: "carol", leads: false }),
    answers: ["UNAUTHORIZED", "VALIDATION_FAILED", "ok"],
  },
  "teams:remove": {
    kind: "mutation",
    args: (_id, { teamId }) => ({ teamId, userId: "carol" }),
    answers: ["UNAUTHORIZED", "VALIDATION_FAILED", "ok"],
  },

  "webhooks:list": {
    kind: "query",
    args: paged,
    answers: noRows,
  },
  "webhooks:stats": {
    kind: "query",
    args: () => ({ source: "stripe" }),
    answers: operators,
  },
  "webhooks:replay": {
    kind: "mutation",
    args: (id) => ({ id }),
    answers: ["UNAUTHORIZED", "NOT_FOUND", "NOT_FOUND"],
  },
  "webhooks:pause": {
    kind: "mutation",
    args: () => ({ source: "stripe" }),
    answers: operators,
  },
  "webhooks:resume": {
    kind: "mutation",
    args: () => ({ source: "stripe" }),
    answers: operators,
  },
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-24T10:00:00Z") });
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  vi.stubEnv("CONVEX_SITE_URL", "https://site.example");
  vi.stubEnv("STRIPE_WEBHOOK_SECRET", "whsec_test");
  vi.stubGlobal("fetch", () => Promise.resolve(new Response()));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const isPublic = (value: unknown) =>
  typeof value === "function" && "isPublic" in value && value.isPublic === true;

test("every public function of the example has a row, and every row a function", () => {
  const found = Object.entries(modules).flatMap(([file, module]) => {
    const name = file.replace(/^.*\/|\.ts$/g, "");
    return Object.entries(module)
      .filter(([, value]) => isPublic(value))
      .map(([exported]) => `${name}:${exported}`);
  });
  expect(Object.keys(ROWS).sort()).toEqual(found.sort());
});

type Run = (reference: unknown, args: unknown) => Promise<unknown>;

/** What a caller is told, without the id that it named itself. */
async function told(
  name: string,
  { kind, args = () => ({}) }: Row,
  caller: Caller,
  id: string,
  of: World,
): Promise<{ answer: string; text: string }> {
  const reference = makeFunctionReference<typeof kind>(name);
  const run = caller[kind] as Run;
  try {
    const value = await run(reference, args(id, of));
    return { answer: answerOf(kind, value), text: plain(value, id) };
  } catch (error) {
    if (!(error instanceof ConvexError)) throw error;
    const data = error.data as ErrorData;
    // A batch names what is wrong with its items.
    const code = data.errors?.[0]?.error.code ?? data.code;
    return { answer: code, text: plain(data, id) };
  }
}

type ErrorData = { code: string; errors?: { error: { code: string } }[] };

function answerOf(kind: Row["kind"], value: unknown): string {
  if (kind !== "query") return "ok";
  if (value === null) return "null";
  const { page = value, count } = value as { page?: unknown; count?: number };
  const isEmpty = Array.isArray(page) ? page.length === 0 : count === 0;
  return isEmpty ? "nothing" : "ok";
}

function plain(value: unknown, id: string): string {
  return JSON.stringify(value ?? null).replaceAll(id, "<id>");
}

describe.each(Object.entries(ROWS))("%s", (name, row) => {
  test.each([
    ["signed out", 0],
    ["somebody else", 1],
    ["the owner", 2],
  ] as const)("%s", async (_name, who) => {
    const of = await world();
    const caller = of.callers[who]!;
    const id = row.trashed ? of.trashed : of.id;
    const { answer, text } = await told(name, row, caller, id, of);
    expect(answer).toBe(row.answers[who]);
    if (who === 2) return;
    expect(text).not.toContain(SECRET);
    // What exists and is not theirs answers like what does not exist.
    const other = await world();
    const missing = await told(
      name,
      row,
      other.callers[who]!,
      other.gone,
      other,
    );
    expect(missing).toEqual({ answer, text });
  });
});
