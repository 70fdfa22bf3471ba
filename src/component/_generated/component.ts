/* eslint-disable */
/**
 * Generated `ComponentApi` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type { FunctionReference } from "convex/server";

/**
 * A utility for referencing a Convex component's exposed API.
 *
 * Useful when expecting a parameter like `components.myComponent`.
 * Usage:
 * ```ts
 * async function myFunction(ctx: QueryCtx, component: ComponentApi) {
 *   return ctx.runQuery(component.someFile.someQuery, { ...args });
 * }
 * ```
 */
export type ComponentApi<Name extends string | undefined = string | undefined> =
  {
    documents: {
      create: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          items: Array<{
            fields: Record<string, any>;
            isPublic?: boolean;
            ownerId?: string;
            status?: "draft" | "published" | "archived";
          }>;
          mode: "single" | "atomic" | "partial";
          shape: string;
        },
        Array<
          { id: string; ok: true; version: number } | { error: any; ok: false }
        >,
        Name
      >;
      get: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          id: string;
        },
        null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          deletedAt?: number;
          fields: Record<string, any>;
          isPublic: boolean;
          ownerId: string;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          version: number;
        },
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          order: "asc" | "desc";
          ownerId?: string;
          paginationOpts: {
            cursor: string | null;
            endCursor?: string | null;
            id?: number;
            maximumBytesRead?: number;
            maximumRowsRead?: number;
            numItems: number;
          };
          scope: "own" | "public";
          status?: "draft" | "published" | "archived";
        },
        {
          continueCursor: string;
          isDone: boolean;
          page: Array<{
            _creationTime: number;
            _id: string;
            archivedAt?: number;
            deletedAt?: number;
            fields: Record<string, any>;
            isPublic: boolean;
            ownerId: string;
            publishedAt?: number;
            status: "draft" | "published" | "archived";
            updatedAt: number;
            version: number;
          }>;
          pageStatus?: "SplitRecommended" | "SplitRequired";
          splitCursor?: string;
        },
        Name
      >;
      remove: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
        },
        Array<
          { id: string; ok: true; version: number } | { error: any; ok: false }
        >,
        Name
      >;
      update: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          items: Array<{
            id: string;
            ifVersion?: number;
            isPublic?: boolean;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          }>;
          mode: "single" | "atomic" | "partial";
          shape: string;
        },
        Array<
          { id: string; ok: true; version: number } | { error: any; ok: false }
        >,
        Name
      >;
    };
  };
