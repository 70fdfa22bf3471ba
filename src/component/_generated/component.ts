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
    bulk: {
      cancel: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          jobId: string;
        },
        null,
        Name
      >;
      start: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          change?: {
            isPublic?: boolean;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          };
          operation: "update" | "remove" | "trash" | "restore" | "purge";
          ownerId?: string;
          rules: string;
          target:
            | { ids: Array<string> }
            | {
                where: {
                  status?: "draft" | "published" | "archived";
                  updatedBefore?: number;
                };
              };
          worker?: string;
        },
        string,
        Name
      >;
      status: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          jobId: string;
        },
        null | {
          done: number;
          failed: number;
          failures: Array<{ error: any; id: string }>;
          finishedAt?: number;
          jobId: string;
          startedAt: number;
          state: "running" | "done" | "cancelled" | "failed";
          total?: number;
        },
        Name
      >;
    };
    documents: {
      count: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          ownerId?: string;
          scope: "own" | "trash" | "public";
          status?: "draft" | "published" | "archived";
          upTo: number;
        },
        { count: number; more: boolean },
        Name
      >;
      create: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          dryRun?: boolean;
          items: Array<{
            fields: Record<string, any>;
            ifExists?: "error" | "return" | "update";
            isPublic?: boolean;
            key?: string;
            ownerId?: string;
            status?: "draft" | "published" | "archived";
          }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
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
          ids: Array<string>;
        },
        Array<null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          deletedAt?: number;
          fields: Record<string, any>;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          version: number;
        }>,
        Name
      >;
      getByKey: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          key: string;
          ownerId?: string;
        },
        null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          deletedAt?: number;
          fields: Record<string, any>;
          isPublic: boolean;
          key?: string;
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
          scope: "own" | "trash" | "public";
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
            key?: string;
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
      purge: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
        >,
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
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      restore: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      search: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          limit: number;
          ownerId?: string;
          query: string;
          scope: "own" | "trash" | "public";
          status?: "draft" | "published" | "archived";
        },
        Array<{
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          deletedAt?: number;
          fields: Record<string, any>;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          version: number;
        }>,
        Name
      >;
      transfer: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number; to: string }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      trash: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | { id: string; kind: "user" }
            | { kind: "anonymous" }
            | { kind: "system"; reason: string };
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
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
          dryRun?: boolean;
          items: Array<{
            id: string;
            ifVersion?: number;
            isPublic?: boolean;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          }>;
          mode: "single" | "atomic" | "partial";
          rules: string;
          withDocuments?: boolean;
        },
        Array<
          | {
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                deletedAt?: number;
                fields: Record<string, any>;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                version: number;
              };
              id: string;
              ok: true;
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
    };
  };
