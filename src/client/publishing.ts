/**
 * Publishing: what the option `workingCopy` adds.
 *
 * @module
 */
import type { BatchResult, Target, Written } from "../shared/documents.js";
import type { BulkStarted, Where } from "../shared/bulk.js";
import type { DocsArgs, DocsOperation, STAGES } from "./arguments.js";
import type { WriteItem } from "./authorize.js";
import type { WriteOperation } from "./options.js";

/**
 * What `workingCopy` adds to the operations. Each needs the right to write `status`: `manager`, and in `access` a role for
 * `"update"`.
 */
export interface PublishingOperations<WriteCtx> {
  /**
   * Makes the document as it is the one that everybody sees, once it is checked again. Does nothing where that is so.
   *
   * @returns its id, and its version afterwards
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT: each as in `update`; VALIDATION_FAILED for what is not valid any more
   * @example
   * ```ts
   * await docs.publish(ctx, { id, ifVersion: document.version });
   * ```
   */
  publish(ctx: WriteCtx, args: DocsArgs<"publish">): Promise<Written>;

  /**
   * Takes off what is published: the document becomes a draft, as it is. Does nothing to one that is not published.
   *
   * @returns its id, and its version afterwards
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.unpublish(ctx, { id });
   * ```
   */
  unpublish(ctx: WriteCtx, args: DocsArgs<"unpublish">): Promise<Written>;

  /**
   * Makes the document what is published of it. What it was stays in its history. Does nothing where there is nothing unpublished.
   *
   * @returns its id, and its version afterwards
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.discardDraft(ctx, { id });
   * ```
   */
  discardDraft(ctx: WriteCtx, args: DocsArgs<"discardDraft">): Promise<Written>;

  /**
   * `publish`, for up to `maxBatchItems` documents.
   *
   * @returns one result an id, in order; an id that is listed twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * const { failed } = await docs.batchPublish(ctx, { ids, mode: "partial" });
   * ```
   */
  batchPublish(
    ctx: WriteCtx,
    args: DocsArgs<"batchPublish">,
  ): Promise<BatchResult>;

  /**
   * `unpublish`, for up to `maxBatchItems` documents.
   *
   * @returns as `batchPublish`
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchUnpublish(ctx, { ids });
   * ```
   */
  batchUnpublish(
    ctx: WriteCtx,
    args: DocsArgs<"batchUnpublish">,
  ): Promise<BatchResult>;

  /**
   * `discardDraft`, for up to `maxBatchItems` documents.
   *
   * @returns as `batchPublish`
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchDiscardDraft(ctx, { ids });
   * ```
   */
  batchDiscardDraft(
    ctx: WriteCtx,
    args: DocsArgs<"batchDiscardDraft">,
  ): Promise<BatchResult>;
}

/** What `workingCopy` adds to `startBulk`. */
export interface PublishingBulk<WriteCtx> {
  /**
   * Publishes, takes off, or discards the edits of any number of documents in the background: see `startBulk`.
   *
   * @returns its id, for `bulkStatus` and `cancelBulk`
   * @throws as `startBulk`
   * @example
   * ```ts
   * const { jobId } = await docs.startBulk(ctx, { operation: "publish", where: { status: "draft" } });
   * ```
   */
  startBulk(
    ctx: WriteCtx,
    args: ({ ids: string[] } | { where: Where }) & {
      operation: (typeof STAGES)[number];
      /** Whose documents `where` means: for the system, which has none. */
      ownerId?: string;
    },
  ): Promise<BulkStarted>;
}

/** What there is only with the option `workingCopy`, whose type is `W`. */
export type IfWorkingCopy<W, Added> = W extends true ? Added : unknown;

/** What publishing needs of the operations that it is added to. */
type Base<WriteCtx> = {
  /** Checks the arguments, runs, and maps errors. */
  ask: <T>(
    operation: DocsOperation,
    args: object,
    run: () => Promise<T>,
    maxItems?: number,
  ) => Promise<T>;
  one: (
    ctx: WriteCtx,
    operation: WriteOperation,
    item: WriteItem,
  ) => Promise<Written>;
  many: (
    ctx: WriteCtx,
    operation: WriteOperation,
    items: WriteItem[],
    mode: DocsArgs<"batchPublish">["mode"],
  ) => Promise<BatchResult>;
  maxBatchItems: number;
};

/** The operations of publishing of one actor. */
export function createPublishing<WriteCtx>({
  ask,
  one,
  many,
  maxBatchItems,
}: Base<WriteCtx>): PublishingOperations<WriteCtx> {
  type Single = "publish" | "unpublish" | "discardDraft";
  type Batch = `batch${Capitalize<Single>}`;
  const single =
    (name: Single, operation: WriteOperation) =>
    (ctx: WriteCtx, args: DocsArgs<Single>) =>
      ask(name, args, () => one(ctx, operation, toItem(operation, args)));
  const batch =
    (name: Batch, operation: WriteOperation) =>
    (ctx: WriteCtx, args: DocsArgs<Batch>) => {
      const run = () => {
        const items = args.ids.map((id) => toItem(operation, { id }));
        return many(ctx, operation, items, args.mode);
      };
      return ask(name, args, run, maxBatchItems);
    };
  return {
    publish: single("publish", "publish"),
    unpublish: single("unpublish", "unpublish"),
    discardDraft: single("discardDraft", "discard"),
    batchPublish: batch("batchPublish", "publish"),
    batchUnpublish: batch("batchUnpublish", "unpublish"),
    batchDiscardDraft: batch("batchDiscardDraft", "discard"),
  };
}

/** The host's schema may have something to add to what is published. */
function toItem(operation: WriteOperation, target: Target): WriteItem {
  return operation === "publish" ? { ...target, set: {}, unset: [] } : target;
}
