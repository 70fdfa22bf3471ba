import { expect, test } from "vitest";
import { compilePages } from "./support/pages.js";

/** What a host exports without a type of its own: the compiler has to name it in a declaration. */
const inferred = {
  "convex/inferred.ts": `
import { customMutation } from "convex-helpers/server/customFunctions";
import { v } from "convex/values";
import { Docs } from "@acme/convex-docs";
import { components } from "./_generated/api";
import { mutation as plain, type QueryCtx } from "./_generated/server";
import { docs } from "./documents";
import { jobs } from "./jobs";

export const asAda = docs.as("ada");
export const system = docs.asSystem("report");
export const api = docs.api();
export const { create, get, getMany, getByKey, can, list, listPublic, listTrash, count, search } = docs.api();
export const { update, remove, restore, purge, transfer, batchCreate, batchUpdate, batchRemove } = docs.api();
export const { startBulk, cancelBulk, bulkStatus } = docs.api();
export const rich = new Docs(components.docs, {
  fields: { title: v.string() },
  identify: () => null,
  sharing: true,
  history: {},
  workingCopy: true,
  views: { title: { by: ["title"], unique: true } },
});
export const { getBy, revert, publish, batchPublish, schedule, schedules, listRevisions, getRevision } = rich.api();
export const { share, members, listShared, createLink } = rich.api();
export const { startBulk: startStages } = rich.api();
export const { hold, release, erase, erasure, exportPage, forgetRevision } = rich.operator();
export const linked = rich.withLink("token");
export const one = (ctx: QueryCtx, id: string) => docs.getOrThrow(ctx, { id });
export const { id: vId } = docs.validators;
export const action = jobs.action("inferred-action", {
  args: { id: v.string() },
  handler: async (_ctx, run) => ({ counts: { attempt: run.attempt } }),
});
export const mutation = jobs.mutation("inferred-mutation", {
  period: "day",
  handler: async (_ctx, run) => ({ stopReason: run.period.key }),
});
export const operator = jobs.operator();
export const start = jobs.start;
const limited = customMutation(plain, {
  args: { session: v.string() },
  input: async () => ({ ctx: {}, args: {} }),
});
export const built = docs.api({ mutation: limited });
export const builders = { mutation: limited };
export const { validators } = docs;
export const retention = docs.retention({ policies: [] });
export const worker = docs.worker();
export const httpApi = docs.httpApi();
`,
  "convex/inferredWebhooks.ts": `
import * as all from "@acme/convex-docs/webhooks";
import { Webhooks, custom, github, hmac, signTestRequest, stripe, twilio, verify } from "@acme/convex-docs/webhooks";
import { v } from "convex/values";
import { components } from "./_generated/api";

const secrets = () => ["s"];
export const preset = stripe({ secrets, events: { "payment_intent.succeeded": v.object({ id: v.string() }) } });
export const unchecked = github({ secrets });
export const texting = twilio({ secrets });
export const own = hmac({ header: "x-signature", secrets, events: { paid: v.object({ id: v.string() }) } });
export const mine = custom({ verify: async () => null, secrets });
export const many = new Webhooks(components.docs, { sources: { preset, unchecked, texting } });
const webhooks = new Webhooks(components.docs, { sources: { stripe: preset } });
export const operator = webhooks.operator();
export const open = webhooks.operator({ authorize: async () => undefined });
export const handlers = webhooks.source("stripe");
export const route = webhooks.handler("stripe");
export const { get, getBody, list, stats, replay, replayMany, skip, pause, resume, sync } = webhooks;
export const event = all.vWebhookEvent("a", v.object({ id: v.string() }));
export const { vAnyWebhookEvent, vEventRow, vSourceStats, vWebhookStatus } = all;
export const presets = { github, lemonSqueezy: all.lemonSqueezy, paddle: all.paddle, shopify: all.shopify, slack: all.slack };
export const rest = { standard: all.standardWebhooks, supabase: all.supabase, signTestRequest, verify };
export const signed = (body: string) => signTestRequest("stripe", "s", body);
export const checked = (delivery: all.Delivery) => verify(preset.provider.scheme as all.Scheme, delivery, { secrets: ["s"], now: 0 });
`,
  "convex/inferredTest.ts": `
import docs, { register } from "@acme/convex-docs/test";
import { convexTest } from "convex-test";
import { defineSchema } from "convex/server";

export const { schema, modules } = docs;
export const ours = docs;
export const registers = { register };
export function start() {
  const t = convexTest({ schema: defineSchema({}), modules });
  register(t);
  return t;
}
`,
  "src/inferred.ts": `
import { errorMessage, fieldErrors, getDocsError, isDocsError, matchDocsError, safe, toProblem } from "@acme/convex-docs/errors";
import { DocsErrorBoundary, optimisticRemove, optimisticUpdate, useDocsAction, useDocsMutation, storedDraft, useDocument, useDocumentEditor, useDocuments, usePreloadedDocuments } from "@acme/convex-docs/react";
import type { Preloaded } from "convex/react";
import { api } from "../convex/_generated/api";

export function useOne(id: string) { return useDocument(api.documents.get, { id }); }
export function useAll() { return useDocuments(api.documents.list, {}); }
export function useLoaded(loaded: Preloaded<typeof api.documents.list>) { return usePreloadedDocuments(loaded); }
export function useUpdate() { return useDocsMutation(api.documents.update, { optimistic }); }
type Note = NonNullable<typeof api.documents.get._returnType>;
export function useEditor(document: Note) { return useDocumentEditor(api.documents.update, document); }
export const rescued = (id: string) => storedDraft<Note>(sessionStorage, id);
export const optimistic = optimisticUpdate({ get: api.documents.get, list: api.documents.list });
export const removing = optimisticRemove({ get: api.documents.get });
export class Boundary extends DocsErrorBoundary {}
export const found = (error: unknown) => getDocsError(error);
export const tried = (call: Promise<number>) => safe(call);
export const all = { errorMessage, fieldErrors, isDocsError, matchDocsError, toProblem, useDocsAction };
`,
};

test("every type that a host's inferred export mentions is exported by its entry", () => {
  const pages = ["docs/jobs.md"];
  const problems = compilePages(pages, "README.md", {
    "docs/jobs.md": inferred,
  });
  // The page's own code is another test's.
  expect(
    problems.filter(
      ({ file, text }) =>
        /\/inferred\w*\.ts$/.test(file) || text.includes("cannot be named"),
    ),
  ).toEqual([]);
});
