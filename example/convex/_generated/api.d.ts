/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as account from "../account.js";
import type * as ai from "../ai.js";
import type * as analytics from "../analytics.js";
import type * as board from "../board.js";
import type * as crons from "../crons.js";
import type * as demo from "../demo.js";
import type * as derived from "../derived.js";
import type * as documents from "../documents.js";
import type * as http from "../http.js";
import type * as jobs from "../jobs.js";
import type * as limits from "../limits.js";
import type * as operations from "../operations.js";
import type * as payments from "../payments.js";
import type * as privacy from "../privacy.js";
import type * as process from "../process.js";
import type * as rank from "../rank.js";
import type * as retention from "../retention.js";
import type * as subscriptions from "../subscriptions.js";
import type * as sync from "../sync.js";
import type * as teams from "../teams.js";
import type * as webhooks from "../webhooks.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  account: typeof account;
  ai: typeof ai;
  analytics: typeof analytics;
  board: typeof board;
  crons: typeof crons;
  demo: typeof demo;
  derived: typeof derived;
  documents: typeof documents;
  http: typeof http;
  jobs: typeof jobs;
  limits: typeof limits;
  operations: typeof operations;
  payments: typeof payments;
  privacy: typeof privacy;
  process: typeof process;
  rank: typeof rank;
  retention: typeof retention;
  subscriptions: typeof subscriptions;
  sync: typeof sync;
  teams: typeof teams;
  webhooks: typeof webhooks;
}>;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

export declare const components: {
  docs: import("@acme/convex-docs/_generated/component.js").ComponentApi<"docs">;
};
