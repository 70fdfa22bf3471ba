/**
 * The runtime's `fetch` does not hear a signal that was aborted before it. It rejects with AbortError whatever the reason, and
 * a second abort closes its stream twice, which ends the action.
 *
 * npm-packages/udf-runtime/src/23_request.ts; crates/isolate/src/environment/action/fetch.rs
 */
import type { Frame } from "../frame.js";
import type { Rule } from "../rule.js";
import { step } from "../steps.js";

function fetchOf(frame: Frame, native: typeof fetch): typeof fetch {
  return async (resource, init) => {
    const given = resource instanceof Request ? resource.signal : undefined;
    const signal = init?.signal ?? given;
    return await step(frame, async () => {
      if (!signal) return await native(resource, init);
      const heard = new AbortController();
      const aborted = onAbort(frame, signal, heard);
      const answer = native(resource, { ...init, signal: heard.signal });
      return await Promise.race([answer, aborted]);
    });
  };
}

/** Rejects when a signal is aborted from now on. */
function onAbort(
  frame: Frame,
  signal: AbortSignal,
  heard: AbortController,
): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    let closed = false;
    signal.addEventListener("abort", () => {
      if (closed) {
        const message = "Invalid state: Controller is already closed";
        frame.die(new TypeError(`Uncaught (in promise): ${message}`));
        return;
      }
      closed = true;
      reject(new DOMException("The operation was aborted", "AbortError"));
      heard.abort();
    });
  });
  aborted.catch(() => undefined);
  return aborted;
}

export const fetching: Rule = {
  globals: (frame) => {
    // Queries and mutations have no fetch.
    if (!frame.tx) globalThis.fetch = fetchOf(frame, globalThis.fetch);
  },
};
