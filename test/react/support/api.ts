/** The host's functions, as its generated `api` names them. */
import {
  makeFunctionReference,
  type FunctionReference,
  type PaginationOptions,
  type PaginationResult,
} from "convex/server";

export type Note = {
  _id: string;
  title: string;
  tag?: string;
  status: "draft" | "published" | "archived";
  isPublic: boolean;
  /** Whether it has edits that are not published. */
  hasDraft?: true;
  pinned?: boolean;
  expiresAt?: number;
  version: number;
  updatedAt: number;
};

type UpdateArgs = {
  id: string;
  title?: string;
  tag?: string;
  status?: Note["status"];
  isPublic?: boolean;
  pinned?: boolean;
  expiresAt?: number | null;
  unset?: "tag"[];
  ifVersion?: number;
  linkToken?: string;
};
type Page = { paginationOpts: PaginationOptions };
type Mutation<Args extends Record<string, unknown>> = FunctionReference<
  "mutation",
  "public",
  Args,
  { id: string; version: number }
>;

export const api = {
  get: makeFunctionReference<"query", { id: string }, Note | null>(
    "documents:get",
  ),
  list: makeFunctionReference<
    "query",
    Page & { status?: Note["status"] },
    PaginationResult<Note>
  >("documents:list"),
  listPublic: makeFunctionReference<"query", Page, PaginationResult<Note>>(
    "documents:listPublic",
  ),
  update: makeFunctionReference<"mutation">(
    "documents:update",
  ) as Mutation<UpdateArgs>,
  batchUpdate: makeFunctionReference<"mutation">(
    "documents:batchUpdate",
  ) as Mutation<{ ids: string[]; updates: Omit<UpdateArgs, "id"> }>,
  remove: makeFunctionReference<"mutation">("documents:remove") as Mutation<{
    id: string;
    ifVersion?: number;
  }>,
  batchRemove: makeFunctionReference<"mutation">(
    "documents:batchRemove",
  ) as Mutation<{ ids: string[] }>,
  summarize: makeFunctionReference<"action", { id: string }, string>(
    "ai:summarize",
  ),
};

export function note(id: string, more: Partial<Note> = {}): Note {
  return {
    _id: id,
    title: `Note ${id}`,
    status: "draft",
    isPublic: false,
    version: 1,
    updatedAt: 0,
    ...more,
  };
}
