/**
 * The mounted component, as `Docs`, `Jobs` and `Webhooks` call it.
 *
 * @module
 */
import type {
  GenericActionCtx,
  GenericDataModel,
  PaginationOptions,
} from "convex/server";
import type { ComponentApi } from "../component/_generated/component.js";
import { fail, invalidAt } from "../shared/failures.js";

/**
 * Any `ctx` that can call a query of the component: a query's, a mutation's or an action's. Taken from the action's type:
 * since convex 1.41 an action's `runMutation` is not assignable to a mutation's, but both are to this.
 */
export type RunQueryCtx = Pick<GenericActionCtx<GenericDataModel>, "runQuery">;
/** Any `ctx` that can call a mutation of the component: a mutation's or an action's. */
export type RunMutationCtx = Pick<
  GenericActionCtx<GenericDataModel>,
  "runQuery" | "runMutation"
>;

/**
 * Refuses a component that is `undefined`, which is what `components.docs` is before the component is mounted.
 *
 * @throws Error that says how to mount it
 */
export function assertMounted(
  className: "Docs" | "Jobs" | "Webhooks",
  component: ComponentApi | undefined,
): void {
  if (component) return;
  throw new Error(
    `convex-docs: the component passed to new ${className}() is undefined. ` +
      "Mount it in convex/convex.config.ts with app.use(docs), run `npx convex dev`, and pass components.docs.",
  );
}

/**
 * The options of a page that this package's lists honour. `maximumRowsRead` and `maximumBytesRead` are for Convex's own
 * `.paginate()`.
 *
 * Only Convex's own `usePaginatedQuery` sends an `id`. It never says where a page ends: for `.paginate()`, the backend
 * remembers that in a query's journal, which a query that calls a component does not have. So each page would be read anew
 * from its start, as long as it was at first, and what a new row pushes off its end would be on no page.
 *
 * @throws VALIDATION_FAILED for an `id`
 */
export function pageOptions({
  numItems,
  cursor,
  endCursor = null,
  id,
}: PaginationOptions & { id?: number }) {
  if (id !== undefined) {
    const why =
      "is sent by Convex's own usePaginatedQuery, which would leave out rows of this list. " +
      "Use useDocuments of @acme/convex-docs/react, or usePaginatedQuery of convex-helpers/react.";
    throw fail(invalidAt("paginationOpts.id", why));
  }
  return { numItems, cursor, endCursor };
}

/**
 * Calls the component, and explains the error of one that is not mounted: Convex's own message names an internal path.
 *
 * @throws Error that says how to mount it; any other error, unchanged
 */
export async function invoke<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isNotMounted(error)) {
      throw new Error(
        "convex-docs: the component is not mounted. Add app.use(docs) to convex/convex.config.ts and run `npx convex dev`; " +
          "in convex-test, call register(t) from @acme/convex-docs/test.",
        { cause: error },
      );
    }
    throw error;
  }
}

/** Convex's backend and convex-test word it differently, and neither has a code for it. */
function isNotMounted(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Child component .+ not found|Component ".*" is not registered/.test(
      // Cut: the message may be a handler's, which may quote a whole payload.
      error.message.slice(0, 1_000),
    )
  );
}
