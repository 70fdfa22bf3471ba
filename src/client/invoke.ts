/**
 * Calls the component. The one place that every call goes through.
 *
 * @module
 */

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
