/**
 * The mounted component, as every class that a host makes sees it.
 *
 * @module
 */
import type {
  GenericActionCtx,
  GenericDataModel,
  PaginationOptions,
} from "convex/server";
import type { ComponentApi } from "../component/_generated/component.js";

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

/** Of Convex's options for a page, those that the lists here honour. Others are for its own `.paginate()`. */
export function pageOptions({
  numItems,
  cursor,
  endCursor = null,
}: PaginationOptions) {
  return { numItems, cursor, endCursor };
}

/**
 * Runs a call into the component and explains the one failure that only the host's setup can cause. Convex's own message
 * names an internal path; it arrives here as a plain error, so nothing a client could read is lost.
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

/** The wordings of Convex's backend and of convex-test. Neither gives it a code. */
function isNotMounted(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Child component .+ not found|Component ".*" is not registered/.test(
      error.message,
    )
  );
}
