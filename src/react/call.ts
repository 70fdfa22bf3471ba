import type { OptimisticUpdate } from "convex/browser";
import { useAction, useMutation, type ReactMutation } from "convex/react";
import type {
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
  OptionalRestArgs,
} from "convex/server";
import { useCallback, useMemo, useRef, useState } from "react";
import type { AnyDocsError } from "../errors/codes.js";
import { safe, type Result } from "../errors/safe.js";
import { INTERNAL } from "../errors/text.js";

type Callable = FunctionReference<"mutation"> | FunctionReference<"action">;

/** A function of the backend, and how its newest call is going. */
export type DocsCall<F extends Callable> = {
  /**
   * Calls it. Resolves to the value, or to an error of this package, which is then in `error` too. Rejects with any other
   * error, so that a bug reaches your monitoring; `error` is INTERNAL then. Keeps its identity while the hook's arguments do.
   */
  mutate: (
    ...args: OptionalRestArgs<F>
  ) => Promise<Result<FunctionReturnType<F>>>;
  /** Why the newest call failed; `null` while it is under way, and once it has succeeded. */
  error: AnyDocsError | null;
  /** Whether the newest call is under way. */
  isPending: boolean;
  /** Forgets the error and ignores the call that is under way. */
  reset: () => void;
};

export type DocsMutationOptions<
  Mutation extends FunctionReference<"mutation">,
> = {
  /**
   * Shows the change before the server has made it; see `optimisticUpdate`. Convex takes it back when the server refuses.
   * Make it outside of the component: a new one each time makes a new `mutate` each time.
   */
  optimistic?: OptimisticUpdate<FunctionArgs<Mutation>>;
};

/**
 * A mutation with its error as state. The newest call wins: the result of an older one is ignored, and so is any that comes
 * after the component has unmounted.
 *
 * @throws Error outside of a `ConvexProvider`
 * @example
 * ```tsx
 * const { mutate, error, isPending } = useDocsMutation(api.documents.update);
 * const problems = fieldErrors(error);
 *
 * <form onSubmit={() => void mutate({ id, title })}>
 *   <input value={title} aria-invalid={"title" in problems} /> {problems.title}
 *   <button disabled={isPending}>Save</button>
 * </form>
 * ```
 */
export function useDocsMutation<Mutation extends FunctionReference<"mutation">>(
  mutation: Mutation,
  { optimistic }: DocsMutationOptions<Mutation> = {},
): DocsCall<Mutation> {
  return useCall<Mutation>(useOptimisticMutation(mutation, optimistic));
}

/** A mutation that shows its change before the server has made it, if it can. */
export function useOptimisticMutation<
  Mutation extends FunctionReference<"mutation">,
>(
  mutation: Mutation,
  optimistic?: OptimisticUpdate<FunctionArgs<Mutation>>,
): ReactMutation<Mutation> {
  const plain = useMutation(mutation);
  return useMemo(
    () => (optimistic ? plain.withOptimisticUpdate(optimistic) : plain),
    [plain, optimistic],
  );
}

/**
 * The same for an action.
 *
 * @throws Error outside of a `ConvexProvider`
 * @example
 * ```tsx
 * const { mutate: summarize, error, isPending } = useDocsAction(api.ai.generateSummary);
 * ```
 */
export function useDocsAction<Action extends FunctionReference<"action">>(
  action: Action,
): DocsCall<Action> {
  return useCall<Action>(useAction(action));
}

const IDLE = { error: null, isPending: false };

function useCall<F extends Callable>(
  run: (...args: OptionalRestArgs<F>) => Promise<FunctionReturnType<F>>,
): DocsCall<F> {
  const [state, setState] =
    useState<Pick<DocsCall<F>, "error" | "isPending">>(IDLE);
  /** The number of the newest call. An older one sets no state. */
  const newest = useRef(0);

  const reset = useCallback(() => {
    newest.current++;
    setState(IDLE);
  }, []);
  const mutate = useCallback(
    async (...args: OptionalRestArgs<F>) => {
      const call = ++newest.current;
      const end = (error: AnyDocsError | null) => {
        // React drops state that is set after unmounting, and keeps it for a component that is only hidden.
        if (call === newest.current) setState({ error, isPending: false });
      };
      setState({ error: null, isPending: true });
      try {
        const result = await safe<FunctionReturnType<F>>(run(...args));
        end(result.ok ? null : result.error);
        return result;
      } catch (bug) {
        end(INTERNAL);
        throw bug;
      }
    },
    [run],
  );
  return { mutate, reset, ...state };
}
