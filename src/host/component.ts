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
 * @throws Error that names the mount and says how to make it; any other error, unchanged
 */
export async function invoke<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const path = missingMount(error);
    if (path === null) throw error;
    throw new Error(`convex-docs: ${howToMount(path)}`, { cause: error });
  }
}

/** The backend names the child that is missing, convex-test its path. Neither has a code for it, so they are read. */
const NOT_MOUNTED =
  /Child component (?:[\w(]*")?([\w/]+).* not found|Component "([\w/]+)" is not registered/;

function missingMount(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // Cut: the message may be a handler's, which may quote a whole payload.
  const found = NOT_MOUNTED.exec(error.message.slice(0, 1_000));
  return found?.[1] ?? found?.[2] ?? null;
}

/**
 * Where the mount is made, and how.
 *
 * @param path names from the app down, such as `"docs"` or `"shelf/docs"`
 */
function howToMount(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const parent = path.slice(0, -name.length - 1);
  const use = name === "docs" ? "use(docs)" : `use(docs, { name: "${name}" })`;
  const where =
    parent === ""
      ? `app.${use} to convex/convex.config.ts`
      : `component.${use} to the convex.config.ts of "${parent}"`;
  const register = path === "docs" ? "register(t)" : `register(t, "${path}")`;
  return (
    `the component "${path}" is not mounted. Add ${where} and run \`npx convex dev\`; ` +
    `in convex-test, call ${register} from @acme/convex-docs/test.`
  );
}
