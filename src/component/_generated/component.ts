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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          change?: {
            expiresAt?: number | null;
            isPublic?: boolean;
            pinned?: boolean;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          };
          operation:
            | "update"
            | "publish"
            | "unpublish"
            | "discard"
            | "remove"
            | "trash"
            | "restore"
            | "purge";
          ownerId?: string;
          rules: string;
          target:
            | { ids: Array<string> }
            | {
                where: {
                  status?: "draft" | "published" | "archived";
                  updatedBefore?: number;
                };
              }
            | { view: { definition: string; where: Record<string, any> } };
          worker?: { handle: string; name: string };
        },
        string,
        Name
      >;
      status: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
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
      can: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          ids: Array<string>;
          names: Array<string>;
          operation:
            | "read"
            | "comment"
            | "update"
            | "remove"
            | "transfer"
            | "restore"
            | "purge"
            | "share"
            | "members";
          rules: string;
        },
        Array<
          | {
              allowed: true;
              role:
                | "public"
                | "viewer"
                | "commenter"
                | "editor"
                | "manager"
                | "owner";
            }
          | {
              allowed: false;
              code: "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND";
              role?:
                | "public"
                | "viewer"
                | "commenter"
                | "editor"
                | "manager"
                | "owner";
            }
        >,
        Name
      >;
      copies: FunctionReference<
        "query",
        "internal",
        { ids: Array<string> },
        Array<null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          createdAt?: number;
          deletedAt?: number;
          expiresAt?: number;
          fields: Record<string, any>;
          hasDraft?: boolean;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          pinned?: boolean;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          updatedBy?: string | null;
          version: number;
        }>,
        Name
      >;
      count: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          ownerId?: string;
          scope: "own" | "trash" | "public";
          status?: "draft" | "published" | "archived";
          upTo: number;
          view?: { definition: string; where: Record<string, any> };
          workingCopy?: boolean;
        },
        { count: number; more: boolean },
        Name
      >;
      create: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{
            expiresAt?: number | null;
            fields: Record<string, any>;
            ifExists?: "error" | "return" | "update";
            isPublic?: boolean;
            key?: string;
            ownerId?: string;
            pinned?: boolean;
            sent?: Array<string>;
            status?: "draft" | "published" | "archived";
            unset?: Array<string>;
          }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      discard: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          ids: Array<string>;
          workingCopy?: boolean;
        },
        Array<null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          createdAt?: number;
          deletedAt?: number;
          expiresAt?: number;
          fields: Record<string, any>;
          hasDraft?: boolean;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          pinned?: boolean;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          updatedBy?: string | null;
          version: number;
        }>,
        Name
      >;
      getBy: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          ownerId?: string;
          view: { definition: string; where: Record<string, any> };
        },
        null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          createdAt?: number;
          deletedAt?: number;
          expiresAt?: number;
          fields: Record<string, any>;
          hasDraft?: boolean;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          pinned?: boolean;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          updatedBy?: string | null;
          version: number;
        },
        Name
      >;
      getByKey: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          key: string;
          ownerId?: string;
        },
        null | {
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          createdAt?: number;
          deletedAt?: number;
          expiresAt?: number;
          fields: Record<string, any>;
          hasDraft?: boolean;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          pinned?: boolean;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          updatedBy?: string | null;
          version: number;
        },
        Name
      >;
      handOver: FunctionReference<
        "mutation",
        "internal",
        { id: string },
        Array<{
          after: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          before: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          linkId?: string;
          principal: string;
        }>,
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
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
          view?: { definition: string; where: Record<string, any> };
          workingCopy?: boolean;
        },
        {
          continueCursor: string;
          isDone: boolean;
          page: Array<{
            _creationTime: number;
            _id: string;
            archivedAt?: number;
            createdAt?: number;
            deletedAt?: number;
            expiresAt?: number;
            fields: Record<string, any>;
            hasDraft?: boolean;
            isPublic: boolean;
            key?: string;
            ownerId: string;
            pinned?: boolean;
            publishedAt?: number;
            status: "draft" | "published" | "archived";
            updatedAt: number;
            updatedBy?: string | null;
            version: number;
          }>;
          pageStatus?: "SplitRecommended" | "SplitRequired" | null;
          splitCursor?: string | null;
        },
        Name
      >;
      load: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          allowance?: { largest: number; uncounted: number };
          ids: Array<string>;
          workingCopy?: boolean;
        },
        Array<{
          bytes: number;
          document: null | {
            _creationTime: number;
            _id: string;
            archivedAt?: number;
            createdAt?: number;
            deletedAt?: number;
            expiresAt?: number;
            fields: Record<string, any>;
            hasDraft?: boolean;
            isPublic: boolean;
            key?: string;
            ownerId: string;
            pinned?: boolean;
            publishedAt?: number;
            status: "draft" | "published" | "archived";
            updatedAt: number;
            updatedBy?: string | null;
            version: number;
          };
          grants?: Array<{
            acceptBy?: number;
            expiresAt?: number;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          }>;
          id: string;
        }>,
        Name
      >;
      publish: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{
            expiresAt?: number | null;
            id: string;
            ifVersion?: number;
            isPublic?: boolean;
            pinned?: boolean;
            sent?: Array<string>;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      purge: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      revert: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{
            expiresAt?: number | null;
            id: string;
            ifVersion?: number;
            isPublic?: boolean;
            pinned?: boolean;
            sent?: Array<string>;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          limit: number;
          ownerId?: string;
          query: string;
          scope: "own" | "trash" | "public";
          status?: "draft" | "published" | "archived";
          workingCopy?: boolean;
        },
        Array<{
          _creationTime: number;
          _id: string;
          archivedAt?: number;
          createdAt?: number;
          deletedAt?: number;
          expiresAt?: number;
          fields: Record<string, any>;
          hasDraft?: boolean;
          isPublic: boolean;
          key?: string;
          ownerId: string;
          pinned?: boolean;
          publishedAt?: number;
          status: "draft" | "published" | "archived";
          updatedAt: number;
          updatedBy?: string | null;
          version: number;
        }>,
        Name
      >;
      settle: FunctionReference<
        "mutation",
        "internal",
        { ids: Array<string> },
        null,
        Name
      >;
      transfer: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number; to: string }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      undo: FunctionReference<
        "mutation",
        "internal",
        {
          rules: string;
          writes: Array<{
            before: null | {
              _creationTime: number;
              _id: string;
              archivedAt?: number;
              createdAt?: number;
              deletedAt?: number;
              expiresAt?: number;
              fields: Record<string, any>;
              hasDraft?: boolean;
              isPublic: boolean;
              key?: string;
              ownerId: string;
              pinned?: boolean;
              publishedAt?: number;
              status: "draft" | "published" | "archived";
              updatedAt: number;
              updatedBy?: string | null;
              version: number;
            };
            copy?: {
              expiresAt?: number;
              fields: Record<string, any>;
              pinned?: boolean;
              publishedAt?: number;
              updatedAt: number;
              version: number;
            };
            head?: {
              at: number;
              by?: string | null;
              kind: "edit" | "revert" | "discard";
              n: number;
              name?: string;
              named?: number;
              publishedAt?: number;
              reason?: string;
              since: number;
              version: number;
            };
            id: string;
            planned?: { publish?: string; unpublish?: string };
          }>;
        },
        null,
        Name
      >;
      unpublish: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{ id: string; ifVersion?: number }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
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
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: Array<{
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          }>;
          dryRun?: boolean;
          items: Array<{
            expiresAt?: number | null;
            id: string;
            ifVersion?: number;
            isPublic?: boolean;
            pinned?: boolean;
            sent?: Array<string>;
            set: Record<string, any>;
            status?: "draft" | "published" | "archived";
            unset: Array<string>;
          }>;
          mode: "single" | "atomic" | "partial";
          reason?: string;
          rules: string;
          uncounted?: number;
          unsettled?: boolean;
        },
        Array<
          | {
              actingAs?: string;
              after?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              before?: null | {
                _creationTime: number;
                _id: string;
                archivedAt?: number;
                createdAt?: number;
                deletedAt?: number;
                expiresAt?: number;
                fields: Record<string, any>;
                hasDraft?: boolean;
                isPublic: boolean;
                key?: string;
                ownerId: string;
                pinned?: boolean;
                publishedAt?: number;
                status: "draft" | "published" | "archived";
                updatedAt: number;
                updatedBy?: string | null;
                version: number;
              };
              copy?: {
                expiresAt?: number;
                fields: Record<string, any>;
                pinned?: boolean;
                publishedAt?: number;
                updatedAt: number;
                version: number;
              };
              head?: {
                at: number;
                by?: string | null;
                kind: "edit" | "revert" | "discard";
                n: number;
                name?: string;
                named?: number;
                publishedAt?: number;
                reason?: string;
                since: number;
                version: number;
              };
              id: string;
              ok: true;
              planned?: { publish?: string; unpublish?: string };
              version: number;
            }
          | { error: any; ok: false }
        >,
        Name
      >;
      versions: FunctionReference<
        "query",
        "internal",
        { ids: Array<string> },
        Array<null | number>,
        Name
      >;
    };
    history: {
      expire: FunctionReference<
        "mutation",
        "internal",
        { before: number },
        boolean,
        Name
      >;
      forget: FunctionReference<
        "mutation",
        "internal",
        { id: string; version: number },
        null,
        Name
      >;
      get: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          version: number;
        },
        null | {
          at: number;
          by?: string | null;
          bytes?: number;
          fields: Record<string, any>;
          kind: "edit" | "revert" | "discard";
          name?: string;
          publishedAt?: number;
          reason?: string;
          until?: number;
          upTo: number;
          version: number;
        },
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          paginationOpts: {
            cursor: string | null;
            endCursor?: string | null;
            id?: number;
            maximumBytesRead?: number;
            maximumRowsRead?: number;
            numItems: number;
          };
        },
        {
          continueCursor: string;
          isDone: boolean;
          page: Array<{
            at: number;
            by?: string | null;
            bytes?: number;
            kind: "edit" | "revert" | "discard";
            name?: string;
            publishedAt?: number;
            reason?: string;
            until?: number;
            upTo: number;
            version: number;
          }>;
          pageStatus?: "SplitRecommended" | "SplitRequired" | null;
          splitCursor?: string | null;
        },
        Name
      >;
      name: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          name: string | null;
          version: number;
        },
        null,
        Name
      >;
      source: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          version: number;
        },
        {
          content: Record<string, any>;
          fields: Record<string, any>;
          version: number;
        },
        Name
      >;
    };
    jobs: {
      cancel: FunctionReference<
        "mutation",
        "internal",
        { job: string; key?: string },
        boolean,
        Name
      >;
      complete: FunctionReference<
        "mutation",
        "internal",
        {
          claim: { attempt: number; runId: string };
          counts?: Record<string, number>;
          cursor?: any;
          status: "success" | "partial";
          stopReason?: string;
          task?: any;
        },
        boolean,
        Name
      >;
      enter: FunctionReference<
        "query",
        "internal",
        { claim: { attempt: number; runId: string } },
        null | {
          attempt: number;
          cursor?: any;
          key: string;
          name: string;
          period?: { end: number; key: string; start: number };
          watchAt: number;
        },
        Name
      >;
      fail: FunctionReference<
        "mutation",
        "internal",
        {
          claim: { attempt: number; runId: string };
          error: any;
          task?: any;
          transient: boolean;
        },
        boolean,
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {},
        Array<{
          breakerOpenUntil: null | number;
          cursor?: any;
          failures: number;
          job: string;
          key: string;
          lastFailedAt: null | number;
          nextDueAt: null | number;
          paused: boolean;
          run: null | {
            attempt: number;
            counts: Record<string, number>;
            cursor?: any;
            dueAt?: number;
            error?: any;
            finishedAt?: number;
            key: string;
            name: string;
            notes?: Record<string, string | number>;
            period?: { end: number; key: string; start: number };
            runId: string;
            startedAt: number;
            status:
              | "running"
              | "success"
              | "partial"
              | "failed"
              | "lost"
              | "canceled";
            stopReason?: string;
            trigger: "call" | "catchUp" | "queue" | "resume";
            waitsFor?: string;
          };
        }>,
        Name
      >;
      progress: FunctionReference<
        "mutation",
        "internal",
        {
          claim: { attempt: number; runId: string };
          counts: Record<string, number>;
        },
        boolean,
        Name
      >;
      resetCursor: FunctionReference<
        "mutation",
        "internal",
        { job: string; key?: string },
        null,
        Name
      >;
      runs: FunctionReference<
        "query",
        "internal",
        {
          job?: string;
          paginationOpts: {
            cursor: string | null;
            endCursor?: string | null;
            id?: number;
            maximumBytesRead?: number;
            maximumRowsRead?: number;
            numItems: number;
          };
        },
        {
          continueCursor: string;
          isDone: boolean;
          page: Array<{
            attempt: number;
            counts: Record<string, number>;
            cursor?: any;
            dueAt?: number;
            error?: any;
            finishedAt?: number;
            key: string;
            name: string;
            notes?: Record<string, string | number>;
            period?: { end: number; key: string; start: number };
            runId: string;
            startedAt: number;
            status:
              | "running"
              | "success"
              | "partial"
              | "failed"
              | "lost"
              | "canceled";
            stopReason?: string;
            trigger: "call" | "catchUp" | "queue" | "resume";
            waitsFor?: string;
          }>;
          pageStatus?: "SplitRecommended" | "SplitRequired" | null;
          splitCursor?: string | null;
        },
        Name
      >;
      setPause: FunctionReference<
        "mutation",
        "internal",
        { declared?: boolean; job: string; paused: boolean },
        null,
        Name
      >;
      start: FunctionReference<
        "mutation",
        "internal",
        {
          key?: string;
          name: string;
          task: {
            args: Record<string, any>;
            attempts: number;
            baseMs: number;
            capMs: number;
            handle: string;
            periods?: {
              catchUp: number;
              unit: "minute" | "hour" | "day" | "week" | "month";
            };
            queue: boolean;
            reaction: {
              alert?: { after: number; handle: string };
              breaker?: { after: number; forMs: number };
            };
            timeoutMs: number;
          };
        },
        | { runId: string }
        | { queued: true }
        | { skipped: "paused" | "overlap" | "breaker" | "done" | "queueFull" },
        Name
      >;
      status: FunctionReference<
        "query",
        "internal",
        { job: string; key?: string },
        null | {
          breakerOpenUntil: null | number;
          cursor?: any;
          failures: number;
          job: string;
          key: string;
          lastFailedAt: null | number;
          nextDueAt: null | number;
          paused: boolean;
          run: null | {
            attempt: number;
            counts: Record<string, number>;
            cursor?: any;
            dueAt?: number;
            error?: any;
            finishedAt?: number;
            key: string;
            name: string;
            notes?: Record<string, string | number>;
            period?: { end: number; key: string; start: number };
            runId: string;
            startedAt: number;
            status:
              | "running"
              | "success"
              | "partial"
              | "failed"
              | "lost"
              | "canceled";
            stopReason?: string;
            trigger: "call" | "catchUp" | "queue" | "resume";
            waitsFor?: string;
          };
        },
        Name
      >;
    };
    person: {
      erase: FunctionReference<
        "mutation",
        "internal",
        {
          person: { principals?: Array<string>; userId: string };
          worker?: { handle: string; name: string };
        },
        string,
        Name
      >;
      erasure: FunctionReference<
        "query",
        "internal",
        { runId?: string; userId?: string },
        null | {
          counts: Record<string, number>;
          error?: any;
          failed: number;
          failures: Array<{ error: any; id: string }>;
          finishedAt?: number;
          runId: string;
          stage?: string;
          startedAt: number;
          state: "running" | "done" | "partial" | "failed";
        },
        Name
      >;
      hold: FunctionReference<
        "mutation",
        "internal",
        { held: boolean; id: string },
        null,
        Name
      >;
      read: FunctionReference<
        "query",
        "internal",
        {
          cursor: null | string;
          person: { principals?: Array<string>; userId: string };
        },
        {
          cursor: null | string;
          items: Array<
            | {
                document: {
                  _creationTime: number;
                  _id: string;
                  archivedAt?: number;
                  createdAt?: number;
                  deletedAt?: number;
                  expiresAt?: number;
                  fields: Record<string, any>;
                  hasDraft?: boolean;
                  isPublic: boolean;
                  key?: string;
                  ownerId: string;
                  pinned?: boolean;
                  publishedAt?: number;
                  status: "draft" | "published" | "archived";
                  updatedAt: number;
                  updatedBy?: string | null;
                  version: number;
                };
                kind: "document";
              }
            | {
                documentId: string;
                kind: "publication";
                publication: {
                  expiresAt?: number;
                  fields: Record<string, any>;
                  pinned?: boolean;
                  publishedAt?: number;
                  updatedAt: number;
                  version: number;
                };
              }
            | {
                documentId: string;
                kind: "revision";
                revision: {
                  at: number;
                  by?: string | null;
                  bytes?: number;
                  fields: Record<string, any>;
                  kind: "edit" | "revert" | "discard";
                  name?: string;
                  publishedAt?: number;
                  reason?: string;
                  until?: number;
                  upTo: number;
                  version: number;
                };
              }
            | {
                at: number;
                documentId: string;
                kind: "contribution";
                reason?: string;
                version: number;
              }
            | {
                acceptBy?: number;
                documentId: string;
                expiresAt?: number;
                grantedAt: number;
                grantedBy?: string;
                kind: "grant";
                label?: string;
                principal: string;
                role: "viewer" | "commenter" | "editor" | "manager";
              }
            | {
                action: "publish" | "unpublish";
                at: number;
                documentId: string;
                kind: "plan";
              }
            | {
                kind: "retention";
                olderThanMs: null | number;
                status: "draft" | "published" | "archived";
              }
            | {
                bulk: {
                  done: number;
                  failed: number;
                  failures: Array<{ error: any; id: string }>;
                  finishedAt?: number;
                  jobId: string;
                  startedAt: number;
                  state: "running" | "done" | "cancelled" | "failed";
                  total?: number;
                };
                kind: "bulk";
              }
          >;
        },
        Name
      >;
    };
    publishing: {
      cancel: FunctionReference<
        "mutation",
        "internal",
        {
          action: "publish" | "unpublish";
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          rules: string;
        },
        null,
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          rules: string;
        },
        Array<{
          action: "publish" | "unpublish";
          at: number;
          error?: any;
          id: string;
          state: "pending" | "done" | "refused" | "cancelled";
        }>,
        Name
      >;
      plan: FunctionReference<
        "mutation",
        "internal",
        {
          action: "publish" | "unpublish";
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          at: number;
          id: string;
          ifVersion?: number;
          rules: string;
          worker?: { handle: string; name: string };
        },
        string,
        Name
      >;
    };
    retention: {
      overrides: FunctionReference<
        "query",
        "internal",
        { ownerId: string },
        Array<{
          olderThanMs: null | number;
          status: "draft" | "published" | "archived";
        }>,
        Name
      >;
      preview: FunctionReference<
        "query",
        "internal",
        {
          at?: number;
          cleanup:
            | {
                policies: Array<{
                  by: "updatedAt" | "createdAt";
                  olderThanMs: number;
                  status: "draft" | "published" | "archived";
                }>;
              }
            | { trashOlderThanMs: number };
          job: string;
          purge:
            | {
                policies: Array<{
                  by: "updatedAt" | "createdAt";
                  olderThanMs: number;
                  status: "draft" | "published" | "archived";
                }>;
              }
            | { trashOlderThanMs: number };
        },
        {
          at: number;
          cleanup: Array<{
            bytes: number;
            count: number;
            cutoff: number;
            more: boolean;
            oldest: null | number;
            reason: "age" | "expired" | "trash";
            sample: Array<string>;
            shown: string;
            status?: "draft" | "published" | "archived";
          }>;
          purge: Array<{
            bytes: number;
            count: number;
            cutoff: number;
            more: boolean;
            oldest: null | number;
            reason: "age" | "expired" | "trash";
            sample: Array<string>;
            shown: string;
            status?: "draft" | "published" | "archived";
          }>;
          quarantined: Array<{
            code: string;
            failures: number;
            id: string;
            since: number;
            until: number;
          }>;
        },
        Name
      >;
      release: FunctionReference<
        "mutation",
        "internal",
        { ids?: Array<string> },
        number,
        Name
      >;
      setOverride: FunctionReference<
        "mutation",
        "internal",
        {
          olderThanMs?: null | number;
          ownerId: string;
          status: "draft" | "published" | "archived";
        },
        null,
        Name
      >;
      start: FunctionReference<
        "mutation",
        "internal",
        {
          sweep: {
            batchSize: number;
            job: string;
            maxPerRun: number;
            operation: "trash" | "remove" | "purge";
            target:
              | {
                  policies: Array<{
                    by: "updatedAt" | "createdAt";
                    olderThanMs: number;
                    status: "draft" | "published" | "archived";
                  }>;
                }
              | { trashOlderThanMs: number };
            worker?: { handle: string; name: string };
          };
        },
        | { runId: string; started: true }
        | {
            reason: "paused" | "overlap" | "breaker" | "done" | "queueFull";
            started: false;
          },
        Name
      >;
    };
    sharing: {
      accept: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
        },
        {
          documents: Array<{
            changes: Array<{
              after: null | {
                acceptBy?: number;
                expiresAt?: number;
                grantedBy?: string;
                label?: string;
                principal: string;
                role: "viewer" | "commenter" | "editor" | "manager";
              };
              before: null | {
                acceptBy?: number;
                expiresAt?: number;
                grantedBy?: string;
                label?: string;
                principal: string;
                role: "viewer" | "commenter" | "editor" | "manager";
              };
              linkId?: string;
              principal: string;
            }>;
            id: string;
          }>;
          more: boolean;
        },
        Name
      >;
      createLink: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          expiresAt?: number;
          hash: string;
          id: string;
          label?: string;
          role: "viewer" | "commenter" | "editor";
        },
        Array<{
          after: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          before: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          linkId?: string;
          principal: string;
        }>,
        Name
      >;
      leave: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
        },
        Array<{
          after: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          before: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          linkId?: string;
          principal: string;
        }>,
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          order: "asc" | "desc";
          paginationOpts: {
            cursor: string | null;
            endCursor?: string | null;
            id?: number;
            maximumBytesRead?: number;
            maximumRowsRead?: number;
            numItems: number;
          };
        },
        {
          continueCursor: string;
          isDone: boolean;
          page: Array<{
            document: {
              _creationTime: number;
              _id: string;
              archivedAt?: number;
              createdAt?: number;
              deletedAt?: number;
              expiresAt?: number;
              fields: Record<string, any>;
              hasDraft?: boolean;
              isPublic: boolean;
              key?: string;
              ownerId: string;
              pinned?: boolean;
              publishedAt?: number;
              status: "draft" | "published" | "archived";
              updatedAt: number;
              updatedBy?: string | null;
              version: number;
            };
            role: "viewer" | "commenter" | "editor" | "manager";
            sharedAt: number;
            sharedBy?: string;
          }>;
          pageStatus?: "SplitRecommended" | "SplitRequired" | null;
          splitCursor?: string | null;
        },
        Name
      >;
      members: FunctionReference<
        "query",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
        },
        {
          links: Array<{
            expiresAt?: number;
            grantedAt: number;
            grantedBy?: string;
            label?: string;
            linkId: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          }>;
          members: Array<{
            acceptBy?: number;
            expiresAt?: number;
            grantedAt: number;
            grantedBy?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          }>;
          ownerId: string;
        },
        Name
      >;
      revokeLink: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          linkId: string;
        },
        Array<{
          after: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          before: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          linkId?: string;
          principal: string;
        }>,
        Name
      >;
      share: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          gifts: Array<{
            acceptBy?: number;
            expiresAt?: number | null;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          }>;
          id: string;
          listed: boolean;
        },
        Array<{
          after: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          before: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          linkId?: string;
          principal: string;
        }>,
        Name
      >;
      undo: FunctionReference<
        "mutation",
        "internal",
        {
          changes: Array<{
            after: null | {
              acceptBy?: number;
              expiresAt?: number;
              grantedBy?: string;
              label?: string;
              principal: string;
              role: "viewer" | "commenter" | "editor" | "manager";
            };
            before: null | {
              acceptBy?: number;
              expiresAt?: number;
              grantedBy?: string;
              label?: string;
              principal: string;
              role: "viewer" | "commenter" | "editor" | "manager";
            };
            linkId?: string;
            principal: string;
          }>;
          id: string;
        },
        null,
        Name
      >;
      unshare: FunctionReference<
        "mutation",
        "internal",
        {
          actor:
            | {
                as?:
                  | "unasked"
                  | Array<{
                      id: string;
                      upTo?:
                        "viewer" | "commenter" | "editor" | "manager" | "owner";
                    }>;
                id: string;
                kind: "user";
                link?: string;
              }
            | { kind: "anonymous"; link?: string }
            | { kind: "system"; reason: string };
          answers?: {
            history?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            members?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            read?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            remove?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            share?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            transfer?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
            update?:
              boolean | "viewer" | "commenter" | "editor" | "manager" | "owner";
          };
          id: string;
          principal: string;
        },
        Array<{
          after: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          before: null | {
            acceptBy?: number;
            expiresAt?: number;
            grantedBy?: string;
            label?: string;
            principal: string;
            role: "viewer" | "commenter" | "editor" | "manager";
          };
          linkId?: string;
          principal: string;
        }>,
        Name
      >;
    };
    views: {
      build: FunctionReference<
        "mutation",
        "internal",
        { again: boolean; rules: string },
        Array<{
          documents: number;
          entries: number;
          failed: number;
          failures: Array<{ error: any; id: string }>;
          id?: string;
          isDeclared: boolean;
          name: string;
          state: "unregistered" | "building" | "ready" | "failed" | "removing";
        }>,
        Name
      >;
      drop: FunctionReference<
        "mutation",
        "internal",
        { rules: string; view: string },
        number,
        Name
      >;
      status: FunctionReference<
        "query",
        "internal",
        { rules: string },
        Array<{
          documents: number;
          entries: number;
          failed: number;
          failures: Array<{ error: any; id: string }>;
          id?: string;
          isDeclared: boolean;
          name: string;
          state: "unregistered" | "building" | "ready" | "failed" | "removing";
        }>,
        Name
      >;
    };
    webhooks: {
      get: FunctionReference<
        "query",
        "internal",
        { id: string },
        null | {
          at: number;
          attempt: number;
          bytes: number;
          hasBody: boolean;
          headers: Record<string, string>;
          id: string;
          key: string;
          lastError?: string;
          lastErrorCode?:
            | "PAYLOAD_INVALID"
            | "HANDLER_NOT_FOUND"
            | "HANDLER_KIND_MISMATCH"
            | "HANDLER_FAILED"
            | "HANDLER_TIMEOUT"
            | "DO_NOT_RETRY"
            | "FILTERED"
            | "REPLAY_SUSPECTED";
          occurredAt?: number;
          orderKey?: string;
          receivedAt: number;
          source: string;
          status:
            | "pending"
            | "running"
            | "held"
            | "processed"
            | "unhandled"
            | "dead"
            | "skipped";
          type: string;
        },
        Name
      >;
      getBody: FunctionReference<
        "query",
        "internal",
        { id: string },
        {
          headers: Record<string, string>;
          source: string;
          text: null | string;
          type: string;
        },
        Name
      >;
      list: FunctionReference<
        "query",
        "internal",
        {
          order: "asc" | "desc";
          paginationOpts: {
            cursor: string | null;
            endCursor?: string | null;
            id?: number;
            maximumBytesRead?: number;
            maximumRowsRead?: number;
            numItems: number;
          };
          source?: string;
          status?:
            | "pending"
            | "running"
            | "held"
            | "processed"
            | "unhandled"
            | "dead"
            | "skipped";
          type?: string;
        },
        {
          continueCursor: string;
          isDone: boolean;
          page: Array<{
            at: number;
            attempt: number;
            bytes: number;
            hasBody: boolean;
            headers: Record<string, string>;
            id: string;
            key: string;
            lastError?: string;
            lastErrorCode?:
              | "PAYLOAD_INVALID"
              | "HANDLER_NOT_FOUND"
              | "HANDLER_KIND_MISMATCH"
              | "HANDLER_FAILED"
              | "HANDLER_TIMEOUT"
              | "DO_NOT_RETRY"
              | "FILTERED"
              | "REPLAY_SUSPECTED";
            occurredAt?: number;
            orderKey?: string;
            receivedAt: number;
            source: string;
            status:
              | "pending"
              | "running"
              | "held"
              | "processed"
              | "unhandled"
              | "dead"
              | "skipped";
            type: string;
          }>;
          pageStatus?: "SplitRecommended" | "SplitRequired" | null;
          splitCursor?: string | null;
        },
        Name
      >;
      receive: FunctionReference<
        "mutation",
        "internal",
        {
          fingerprint: string;
          policy: {
            bodyMs: number;
            deadMs: number;
            dedupeMs: number;
            redactErrors?: boolean;
          };
          receipt: {
            bodyHash?: string;
            filtered: boolean;
            headers: Record<string, string>;
            idSigned?: boolean;
            judged: null | { payload: string } | { invalid: string };
            key: string;
            occurredAt?: number;
            orderKey?: string;
            source: string;
            text: string;
            type: string;
          };
          routes?: Array<{
            firstRetryMs: number;
            handle?: string;
            kind: "mutation" | "action";
            maxAttempts: number;
            name: string;
            timeoutMs: number;
            type: string;
          }>;
        },
        {
          id?: string;
          outcome:
            | "accepted"
            | "duplicate"
            | "unhandled"
            | "filtered"
            | "invalid"
            | "replayed"
            | "suspected"
            | "unsynced";
        },
        Name
      >;
      reject: FunctionReference<
        "mutation",
        "internal",
        {
          code:
            | "SECRET_MISSING"
            | "MISSING_HEADER"
            | "MALFORMED_HEADER"
            | "INVALID_TIMESTAMP"
            | "TIMESTAMP_TOO_OLD"
            | "TIMESTAMP_TOO_NEW"
            | "SIGNATURE_MISMATCH"
            | "BODY_TOO_LARGE"
            | "INVALID_BODY"
            | "COMPRESSED_BODY"
            | "RATE_LIMITED";
          source: string;
        },
        null,
        Name
      >;
      replay: FunctionReference<
        "mutation",
        "internal",
        {
          again: boolean;
          items: Array<{
            id: string;
            judged: null | { payload: string } | { invalid: string };
          }>;
        },
        Array<"replayed" | "invalid">,
        Name
      >;
      replayable: FunctionReference<
        "query",
        "internal",
        {
          cursor: null | string;
          limit: number;
          source: string;
          status: "dead" | "unhandled" | "skipped";
          type?: string;
        },
        {
          cursor: null | string;
          events: Array<{
            headers: Record<string, string>;
            id: string;
            source: string;
            text: string;
            type: string;
          }>;
        },
        Name
      >;
      setPause: FunctionReference<
        "mutation",
        "internal",
        { paused: boolean; source: string },
        null,
        Name
      >;
      skip: FunctionReference<
        "mutation",
        "internal",
        { id: string },
        null,
        Name
      >;
      stats: FunctionReference<
        "query",
        "internal",
        { source: string },
        {
          events: {
            dead: { count: number; more: boolean };
            held: { count: number; more: boolean };
            pending: { count: number; more: boolean };
            processed: { count: number; more: boolean };
            running: { count: number; more: boolean };
            skipped: { count: number; more: boolean };
            unhandled: { count: number; more: boolean };
          };
          lastAcceptedAt: null | number;
          lastRejected: null | {
            code:
              | "SECRET_MISSING"
              | "MISSING_HEADER"
              | "MALFORMED_HEADER"
              | "INVALID_TIMESTAMP"
              | "TIMESTAMP_TOO_OLD"
              | "TIMESTAMP_TOO_NEW"
              | "SIGNATURE_MISMATCH"
              | "BODY_TOO_LARGE"
              | "INVALID_BODY"
              | "COMPRESSED_BODY"
              | "RATE_LIMITED";
            count: number;
            firstAt: number;
            lastAt: number;
          };
          paused: boolean;
          rejections: Array<{
            code:
              | "SECRET_MISSING"
              | "MISSING_HEADER"
              | "MALFORMED_HEADER"
              | "INVALID_TIMESTAMP"
              | "TIMESTAMP_TOO_OLD"
              | "TIMESTAMP_TOO_NEW"
              | "SIGNATURE_MISMATCH"
              | "BODY_TOO_LARGE"
              | "INVALID_BODY"
              | "COMPRESSED_BODY"
              | "RATE_LIMITED";
            count: number;
            firstAt: number;
            lastAt: number;
          }>;
          source: string;
        },
        Name
      >;
      sync: FunctionReference<
        "mutation",
        "internal",
        {
          sources: Array<{
            fingerprint: string;
            policy: {
              bodyMs: number;
              deadMs: number;
              dedupeMs: number;
              redactErrors?: boolean;
            };
            routes: Array<{
              firstRetryMs: number;
              handle?: string;
              kind: "mutation" | "action";
              maxAttempts: number;
              name: string;
              timeoutMs: number;
              type: string;
            }>;
            source: string;
          }>;
        },
        null,
        Name
      >;
      unsynced: FunctionReference<
        "query",
        "internal",
        { sources: Array<{ fingerprint: string; source: string }> },
        Array<string>,
        Name
      >;
    };
  };
