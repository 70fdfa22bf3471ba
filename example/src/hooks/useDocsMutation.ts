import type { OptimisticUpdate } from "convex/browser";
import { useMutation } from "convex/react";
import type {
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
} from "convex/server";
import { useCallback, useEffect, useRef, useState } from "react";
import { toFailure, type Failure } from "../lib/failure.js";

/** What became of a call. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Failure };

export type DocsMutation<Mutation extends FunctionReference<"mutation">> = {
  /** Never rejects: a refusal is an outcome like any other. */
  mutate: (
    args: FunctionArgs<Mutation>,
  ) => Promise<Outcome<FunctionReturnType<Mutation>>>;
  /** Why the last call failed; `null` before it has ended and after it went well. */
  error: Failure | null;
  isPending: boolean;
  /** Forgets the error. */
  reset: () => void;
};

/** Calls a mutation and turns a rejection into error data that a component can switch on. The last call wins. */
export function useDocsMutation<Mutation extends FunctionReference<"mutation">>(
  mutation: Mutation,
  optimisticUpdate?: OptimisticUpdate<FunctionArgs<Mutation>>,
): DocsMutation<Mutation> {
  const call = useMutation(mutation);
  const [state, setState] = useState<{
    error: Failure | null;
    isPending: boolean;
  }>(IDLE);
  const lastCall = useRef(0);
  // A call that ends after its component has gone has nobody to tell.
  useEffect(() => () => void (lastCall.current += 1), []);

  const mutate = useCallback(
    async (args: FunctionArgs<Mutation>) => {
      const number = (lastCall.current += 1);
      const finish = (error: Failure | null) => {
        if (number === lastCall.current) setState({ error, isPending: false });
      };
      setState({ error: null, isPending: true });
      const run: (
        args: FunctionArgs<Mutation>,
      ) => Promise<FunctionReturnType<Mutation>> = optimisticUpdate
        ? call.withOptimisticUpdate(optimisticUpdate)
        : call;
      try {
        const value = await run(args);
        finish(null);
        return { ok: true as const, value };
      } catch (caught) {
        const error = toFailure(caught);
        if (error.code === "UNEXPECTED") console.error(caught);
        finish(error);
        return { ok: false as const, error };
      }
    },
    [call, optimisticUpdate],
  );
  const reset = useCallback(
    () => setState((now) => ({ ...now, error: null })),
    [],
  );
  return { mutate, reset, ...state };
}

const IDLE = { error: null, isPending: false };
