import { expect, test } from "vitest";
import { compilePages } from "./support/pages.js";

/** What a host exports without a type of its own: the compiler has to name it in a declaration. */
const inferred = {
  "convex/inferred.ts": `
import { Webhooks, custom, hmac, stripe } from "@acme/convex-docs/webhooks";
import { v } from "convex/values";
import { components } from "./_generated/api";
import { docs } from "./documents";
import { jobs } from "./jobs";

export const asAda = docs.as("ada");
export const system = docs.asSystem("report");
export const api = docs.api();
export const { create, get, list, update } = docs.api();
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
export const sources = { Webhooks, custom, hmac, stripe, components };
`,
  "src/inferred.ts": `
import { errorMessage, fieldErrors, getDocsError, isDocsError, matchDocsError, safe, toProblem } from "@acme/convex-docs/errors";
import { DocsErrorBoundary, optimisticRemove, optimisticUpdate, useDocsAction, useDocsMutation, useDocument, useDocuments } from "@acme/convex-docs/react";
import { api } from "../convex/_generated/api";

export function useOne(id: string) { return useDocument(api.documents.get, { id }); }
export function useAll() { return useDocuments(api.documents.list, {}); }
export function useUpdate() { return useDocsMutation(api.documents.update, { optimistic }); }
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
        file.endsWith("/inferred.ts") || text.includes("cannot be named"),
    ),
  ).toEqual([]);
});
