import { stackOf } from "./failure.js";

/**
 * Prepares the process for the functions that run in it, and returns what undoes that.
 *
 * Functions read their environment variables from `process.env`. A promise that nobody awaits must not
 * end the deployment, as it would end a Node process: convex-test leaves one behind when, for instance,
 * a scheduled function is cancelled while it runs.
 */
export function environment(
  variables: Record<string, string>,
  onFailure: (path: string, detail: string) => void,
): () => void {
  const before = Object.keys(variables).map(
    (name) => [name, process.env[name]] as const,
  );
  Object.assign(process.env, variables);
  const onStray = (error: unknown) => {
    onFailure("unawaited promise", stackOf(error));
  };
  process.on("unhandledRejection", onStray);

  return () => {
    process.off("unhandledRejection", onStray);
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}
