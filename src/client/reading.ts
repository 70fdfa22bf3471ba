/**
 * Reading documents: by their names, in lists, by their text.
 *
 * @module
 */
import type { PaginationResult } from "convex/server";
import type { PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import {
  invoke,
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import {
  COUNT,
  PUBLIC_OWNER,
  PUBLIC_STATUS,
  SEARCH,
  type Counted,
} from "../shared/documents.js";
import { fail, notFound } from "../shared/failures.js";
import { issue } from "../shared/issues.js";
import { isUnasked } from "../shared/principals.js";
import type { ViewRequest } from "../shared/views.js";
import type { Permission } from "../shared/roles.js";
import {
  amountIssues,
  type DocsArgs,
  type IdArgs,
  type OwnerArgs,
} from "./arguments.js";
import { flatten, type DocumentOf } from "./document.js";
import {
  uniqueRequest,
  viewRequest,
  type CountArgs,
  type GetByArgs,
  type ListArgs,
  type ListPublicArgs,
  type NoViews,
} from "./views.js";
import { readPermissions } from "./permission.js";
import {
  admit,
  readCount,
  readDocuments,
  readMatches,
  readPage,
} from "./read.js";
import { Sharing } from "./sharing.js";

/** How documents are read: the operations of one actor. See `Operations`. */
export class Reading<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx = RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx = ReadCtx & RunMutationCtx,
  Extra extends object = object,
  V = NoViews,
  S extends boolean = false,
  Shown extends PropertyValidators = F,
  Id extends string = string,
> extends Sharing<Shown, ReadCtx, WriteCtx, S, Id> {
  /**
   * Reads a document.
   *
   * @returns `null` for one that is missing or that the actor may not see: a throw in a query would reach React's error boundary
   * @throws VALIDATION_FAILED when `id` is not a string
   * @example
   * ```ts
   * const document = await docs.get(ctx, { id });
   * if (document) console.log(document.title, document.version);
   * ```
   */
  async get(
    ctx: ReadCtx,
    args: IdArgs<"get", Id>,
  ): Promise<DocumentOf<Shown, Id> | null> {
    return await this.ask("get", args, async () => {
      const [document] = await this.readMany(ctx, [args.id]);
      return document ?? null;
    });
  }

  /**
   * Reads a document that has to exist.
   *
   * @throws NOT_FOUND when it is missing or the actor may not see it; VALIDATION_FAILED
   * @example
   * ```ts
   * const { title } = await docs.getOrThrow(ctx, { id });
   * ```
   */
  async getOrThrow(
    ctx: ReadCtx,
    args: IdArgs<"get", Id>,
  ): Promise<DocumentOf<Shown, Id>> {
    return await this.ask("get", args, async () => {
      const document = await this.get(ctx, args);
      if (document === null) throw fail(notFound(args.id));
      return document;
    });
  }

  /**
   * Reads some documents: up to 43, or fewer where `maxDocumentBytes` is raised, so that the largest fit one transaction.
   *
   * @returns one entry an id, in order: `null` for each that is missing or that the actor may not see
   * @throws BATCH_TOO_LARGE; VALIDATION_FAILED
   * @example
   * ```ts
   * const [first, second] = await docs.getMany(ctx, { ids: [a, b] });
   * ```
   */
  async getMany(
    ctx: ReadCtx,
    args: IdArgs<"getMany", Id>,
  ): Promise<(DocumentOf<Shown, Id> | null)[]> {
    const run = () => this.readMany(ctx, args.ids);
    const { maxGetItems } = this.core;
    return await this.ask("getMany", args, run, { limit: maxGetItems });
  }

  /**
   * Reads the document that its owner calls by this key.
   *
   * @returns `null` when the actor has none
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const settings = await docs.getByKey(ctx, { key: "settings" });
   * ```
   */
  async getByKey(
    ctx: ReadCtx,
    args: DocsArgs<"getByKey"> & Extra,
  ): Promise<DocumentOf<Shown, Id> | null> {
    return await this.ask("getByKey", args, async () => {
      const actor = await this.actorFor(ctx, args);
      const { getByKey } = this.core.component.documents;
      const found = await invoke(() =>
        ctx.runQuery(getByKey, { actor, ...args }),
      );
      const asked = [{ who: { actor }, document: found }];
      const [document] = await admit(this.core, ctx, asked);
      return document ? flatten<Shown, Id>(document) : null;
    });
  }

  /**
   * Whether the actor may do something, without doing it: for what a host keeps beside a document (comments, files, who is
   * here), and for buttons. The answer is the one that the operation itself would give.
   *
   * With `fields`, an update is judged by the names that it would send, whatever the values: `pinned` stands for unpinning too.
   * `comment` needs a commenter, and is otherwise like reading.
   *
   * @returns `{ allowed: true, role }`, or `{ allowed: false, code }` with the code that the operation is refused with:
   * NOT_FOUND for a document that is missing or that the actor may not see, FORBIDDEN, then with the `role` to read it with,
   * or UNAUTHORIZED. With `ids`, one an id, in order
   * @throws BATCH_TOO_LARGE for more ids than `getMany` reads; VALIDATION_FAILED
   * @example
   * ```ts
   * const { allowed } = await docs.can(ctx, { id, operation: "update", fields: ["status"] });
   * ```
   */
  async can(ctx: ReadCtx, args: DocsArgs<"can", F, Id>): Promise<Permission>;
  /** As above, of many. */
  async can(
    ctx: ReadCtx,
    args: DocsArgs<"canMany", F, Id>,
  ): Promise<Permission[]>;
  /** As above. */
  async can(
    ctx: ReadCtx,
    args: DocsArgs<"can", F, Id> | DocsArgs<"canMany", F, Id>,
  ): Promise<Permission | Permission[] | undefined> {
    const isOne = !Object.hasOwn(Object(args) as object, "ids");
    const run = async () => {
      const { id, ids = [id], ...question } = args as CheckedQuestion;
      const answers = await this.acting(
        ctx,
        (actor) => readPermissions(this.core, ctx, { actor, ids, ...question }),
        [],
        this.readsOnce(ids),
      );
      return isOne ? answers[0] : answers;
    };
    const form = isOne ? "can" : "canMany";
    return await this.ask(form, args, run, {
      limit: this.core.maxGetItems,
    });
  }

  /**
   * Whether so many can be read in one transaction only once, however large each is. Then the host is asked at once what the actor
   * may act as: looking twice at what is not theirs could exceed Convex's limits, which would tell how large that is.
   */
  private readsOnce(ids: readonly string[]): boolean {
    return 2 * ids.length > this.core.maxGetItems;
  }

  private async readMany(
    ctx: ReadCtx,
    ids: string[],
  ): Promise<(DocumentOf<Shown, Id> | null)[]> {
    const caller = await this.actor(ctx);
    const isMany = this.readsOnce(ids);
    const actor = isMany ? await this.whole(ctx, caller) : caller;
    const found = await readDocuments(this.core, ctx, actor, ids);
    // What is not the user's own is looked for again, as all that they may act as.
    const others = isUnasked(actor)
      ? ids.flatMap((_id, index) => (found[index] ? [] : [index]))
      : [];
    if (others.length > 0) {
      const whole = await this.whole(ctx, actor);
      const named = others.map((index) => ids[index] ?? "");
      const again = await readDocuments(this.core, ctx, whole, named);
      others.forEach((index, at) => (found[index] = again[at] ?? null));
    }
    return found.map((document) => document && flatten<Shown, Id>(document));
  }

  /**
   * A page of the actor's own documents, by last change. Works with `usePaginatedQuery` of `convex-helpers/react`.
   *
   * @throws UNAUTHORIZED when no user is signed in; INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED; VIEW_BUILDING
   * for a view that is not built yet, where there are too many documents to do without
   * @example
   * ```ts
   * const { page, isDone, continueCursor } = await docs.list(ctx, {
   *   status: "draft",
   *   paginationOpts: { numItems: 20, cursor: null },
   * });
   * ```
   */
  async list(
    ctx: ReadCtx,
    args: ListArgs<F, V> & Extra,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    const form = this.form("list", args);
    return await this.ask(form, args, () => this.page(ctx, "own", args));
  }

  /**
   * A page of the documents that everyone may read, signed in or not: public and published, by last change.
   *
   * @throws INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED; VIEW_BUILDING: as in `list`
   * @example
   * ```ts
   * const { page } = await docs.listPublic(ctx, { paginationOpts });
   * ```
   */
  async listPublic(
    ctx: ReadCtx,
    args: ListPublicArgs<F, V>,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    const form = this.form("listPublic", args);
    return await this.ask(form, args, () => this.page(ctx, "public", args));
  }

  /**
   * A page of the actor's trash, by the time of removal.
   *
   * @throws UNAUTHORIZED when no user is signed in; INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listTrash(ctx, { paginationOpts });
   * ```
   */
  async listTrash(
    ctx: ReadCtx,
    args: DocsArgs<"listTrash"> & Extra,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    return await this.ask("listTrash", args, () =>
      this.page(ctx, "trash", args),
    );
  }

  /**
   * How many documents the actor has. Counts them one by one up to `upTo` (1,000 at most; default: 100), and then says that
   * there are more. Reads as many documents as it counts, and 4 MiB of them at most.
   *
   * With `access`, it counts what `list` shows: it asks about 100 documents at most, and `more` says too that there are others.
   *
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED; VIEW_BUILDING: as in `list`
   * @example
   * ```ts
   * const { count, more } = await docs.count(ctx, { status: "draft" });
   * const badge = more ? `${count}+` : `${count}`;
   * ```
   */
  async count(ctx: ReadCtx, args: CountArgs<F, V> & Extra): Promise<Counted> {
    const {
      view,
      where,
      upTo = COUNT.defaultUpTo,
      ...which
    } = Object(args) as Asked;
    const run = async () => {
      const asked = this.asked({ view, where });
      const actor = await this.actorFor(ctx, which);
      const call = { ...which, ...asked, actor, scope: "own" as const, upTo };
      return await readCount(this.core, ctx, call);
    };
    const rules = () => amountIssues("upTo", upTo, COUNT.maxUpTo);
    return await this.ask(this.form("count", args), args, run, { rules });
  }

  /**
   * Reads the document of the actor that a `unique` view finds by these values.
   *
   * @returns `null` when the actor has none
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED; VIEW_BUILDING: as in `list`
   * @example
   * ```ts
   * const page = await docs.getBy(ctx, { view: "slug", where: { slug: "about" } });
   * ```
   */
  async getBy(
    ctx: ReadCtx,
    args: GetByArgs<F, V> & Extra,
  ): Promise<DocumentOf<Shown, Id> | null> {
    return await this.ask("getBy", args, async () => {
      const { view, where, ...whose } = args as object as Asked;
      const usable = this.core.views.filter(({ unique }) => unique);
      const asked = { view: uniqueRequest(usable, { view, where }) };
      const actor = await this.actorFor(ctx, whose);
      const { getBy } = this.core.component.documents;
      const call = { ...whose, ...asked, actor };
      const found = await invoke(() => ctx.runQuery(getBy, call));
      const named = [{ who: { actor }, document: found }];
      const [document] = await admit(this.core, ctx, named);
      return document ? flatten<Shown, Id>(document) : null;
    });
  }

  /**
   * The documents whose text matches best: the actor's own, or with `scope: "public"` those that everyone may read. Looks in
   * the fields that the `search` option names. An empty query matches nothing. With `access`, it asks about up to 1,024 matches
   * until it has found as many as it returns.
   *
   * @returns up to `limit` documents (100 at most; default: 20), the best match first
   * @throws UNAUTHORIZED when no user is signed in and the scope is their own; VALIDATION_FAILED; Error without the option `search`
   * @example
   * ```ts
   * const matches = await docs.search(ctx, { query: "quarterly plan" });
   * ```
   */
  async search(
    ctx: ReadCtx,
    args: DocsArgs<"search"> & Partial<Extra>,
  ): Promise<DocumentOf<Shown, Id>[]> {
    const {
      scope = "own",
      limit = SEARCH.defaultResults,
      ...which
    } = Object(args) as DocsArgs<"search"> & Partial<OwnerArgs>;
    const run = async () => {
      if (!this.core.isSearchable) {
        throw new Error(
          'convex-docs: there is nothing to search in. Name the fields in new Docs(): search: ["title"].',
        );
      }
      const actor = await this.actorFor(ctx, which);
      const call = { ...which, actor, scope, limit };
      const found = await readMatches(this.core, ctx, call);
      return found.map((row) => flatten<Shown, Id>(row));
    };
    const rules = () => [
      ...amountIssues("limit", limit, SEARCH.maxResults),
      ...(scope === "public" ? publicIssues(which) : []),
    ];
    return await this.ask("search", args, run, { rules });
  }

  /** Whether the host declares a unique view. */
  get hasUniqueViews(): boolean {
    return this.core.views.some(({ unique }) => unique);
  }

  /** Which arguments an operation takes: those of a view if one is meant. */
  protected form<Name extends "list" | "listPublic" | "count" | "startBulk">(
    operation: Name,
    args: unknown,
  ): Name | `${Name}ByView` {
    const { views } = this.core;
    const isByView =
      views.length > 0 && Object.hasOwn(Object(args) as object, "view");
    return isByView ? `${operation}ByView` : operation;
  }

  /** The view that is meant, as it crosses into the component, if one is. */
  protected asked(
    args: { view?: unknown; where?: unknown },
    usable = this.core.views,
  ): { view?: ViewRequest } {
    return args.view === undefined ? {} : { view: viewRequest(usable, args) };
  }

  private async page(
    ctx: ReadCtx,
    scope: "own" | "public" | "trash",
    args: object,
  ): Promise<PaginationResult<DocumentOf<Shown, Id>>> {
    const { view, where, paginationOpts, upTo, ...which } = args as Asked;
    const usable = this.core.views.filter(
      (one) => scope === "own" || (scope === "public" && one.public),
    );
    const asked = this.asked({ view, where }, usable);
    const { order = asked.view ? "asc" : "desc" } = which;
    const actor = await this.actorFor(ctx, which);
    const options = pageOptions(paginationOpts);
    const call = {
      actor,
      scope,
      ...which,
      ...asked,
      order,
      paginationOpts: options,
    };
    const found = await readPage(this.core, ctx, call);
    return { ...found, page: found.page.map((row) => flatten<Shown, Id>(row)) };
  }
}

/** What a search of what is public cannot be told. */
function publicIssues(asked: { status?: unknown; ownerId?: unknown }): Issue[] {
  const refused = { status: PUBLIC_STATUS, ownerId: PUBLIC_OWNER };
  return Object.entries(refused).flatMap(([name, problem]) =>
    asked[name as keyof typeof refused] === undefined
      ? []
      : [issue(name, problem)],
  );
}

/** The arguments of a read that may be by a view, once they are checked: as below. */
type Asked = Partial<DocsArgs<"list">> &
  Pick<DocsArgs<"list">, "paginationOpts"> & {
    view?: string;
    where?: object;
    upTo?: number;
    ownerId?: string;
  };

/** The arguments of `can` once they are checked: `id` or `ids`. */
type CheckedQuestion = Omit<DocsArgs<"can">, "fields"> & {
  ids?: string[];
  fields?: readonly string[];
};
