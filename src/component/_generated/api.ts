/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as bulk from "../bulk.js";
import type * as crons from "../crons.js";
import type * as deliveries from "../deliveries.js";
import type * as documents from "../documents.js";
import type * as engine from "../engine.js";
import type * as history from "../history.js";
import type * as jobs from "../jobs.js";
import type * as person from "../person.js";
import type * as publishing from "../publishing.js";
import type * as retention from "../retention.js";
import type * as sharing from "../sharing.js";
import type * as views from "../views.js";
import type * as webhooks from "../webhooks.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";
import { anyApi, componentsGeneric } from "convex/server";

const fullApi: ApiFromModules<{
  bulk: typeof bulk;
  crons: typeof crons;
  deliveries: typeof deliveries;
  documents: typeof documents;
  engine: typeof engine;
  history: typeof history;
  jobs: typeof jobs;
  person: typeof person;
  publishing: typeof publishing;
  retention: typeof retention;
  sharing: typeof sharing;
  views: typeof views;
  webhooks: typeof webhooks;
}> = anyApi as any;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
> = anyApi as any;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
> = anyApi as any;

export const components = componentsGeneric() as unknown as {};
