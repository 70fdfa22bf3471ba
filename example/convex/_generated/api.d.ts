/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as activity from "../activity.js";
import type * as ai from "../ai.js";
import type * as alerts from "../alerts.js";
import type * as analytics from "../analytics.js";
import type * as completions from "../completions.js";
import type * as crons from "../crons.js";
import type * as documents from "../documents.js";
import type * as http from "../http.js";
import type * as inbox from "../inbox.js";
import type * as jobs from "../jobs.js";
import type * as limits from "../limits.js";
import type * as operations from "../operations.js";
import type * as operator from "../operator.js";
import type * as payments from "../payments.js";
import type * as process from "../process.js";
import type * as retention from "../retention.js";
import type * as samples from "../samples.js";
import type * as simulate from "../simulate.js";
import type * as subscriptions from "../subscriptions.js";
import type * as sync from "../sync.js";
import type * as validators from "../validators.js";
import type * as webhooks from "../webhooks.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  activity: typeof activity;
  ai: typeof ai;
  alerts: typeof alerts;
  analytics: typeof analytics;
  completions: typeof completions;
  crons: typeof crons;
  documents: typeof documents;
  http: typeof http;
  inbox: typeof inbox;
  jobs: typeof jobs;
  limits: typeof limits;
  operations: typeof operations;
  operator: typeof operator;
  payments: typeof payments;
  process: typeof process;
  retention: typeof retention;
  samples: typeof samples;
  simulate: typeof simulate;
  subscriptions: typeof subscriptions;
  sync: typeof sync;
  validators: typeof validators;
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
