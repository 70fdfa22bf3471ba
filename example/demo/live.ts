/**
 * Waiting for a live query to say something.
 *
 * @module
 */
import type { ConvexClient } from "convex/browser";
import type { FunctionReference } from "convex/server";

/** How long a live update may take, in ms: far longer than it does, so that only a lost one fails. */
const PATIENCE = 20_000;

/** A subscription that remembers what it was told. */
export type Watcher<T> = {
  /** The first answer that fits, whether it has come already or is still to come. */
  until(fits: (answer: T) => boolean): Promise<T>;
  close(): void;
};

export function watch<Query extends FunctionReference<"query">>(
  client: ConvexClient,
  query: Query,
  args: Query["_args"],
): Watcher<Query["_returnType"]> {
  let latest: { answer: Query["_returnType"] } | undefined;
  const waiting = new Set<() => void>();
  const close = client.onUpdate(query, args, (answer) => {
    latest = { answer };
    for (const look of [...waiting]) look();
  });
  return {
    close,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!latest || !fits(latest.answer)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(latest.answer);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no such live update within ${PATIENCE} ms`));
        }, PATIENCE);
        waiting.add(look);
        look();
      }),
  };
}
