import type { Server } from "node:http";
import { convexTest } from "convex-test";
import type { UserIdentity } from "convex/server";
import type { Value } from "convex/values";
import { strict } from "../../strict/index.js";
import { createApi } from "../core/api.js";
import { Backend, type Args, type BackendOptions } from "../core/backend.js";
import { stackOf } from "../core/call.js";
import type { Engine, RunHandler } from "../core/engine.js";
import { boundedLog } from "../core/limits.js";
import { createSite } from "../core/site.js";
import { createHttpServer } from "./http.js";
import { guard, isLocalOrigin, type Origins } from "./origin.js";
import { HOST, listen } from "./ports.js";
import { SyncServer } from "./sync.js";

/** The port of `npx convex dev` with a local backend, so that an address kept in a browser still works. */
export const DEFAULT_PORT = 3210;

export interface DeploymentOptions extends BackendOptions {
  /** For clients. Default: {@link DEFAULT_PORT}; 0 takes any free one. If taken, the next free one. */
  port?: number | undefined;
  /** For HTTP actions. Default: the port after `port`; 0 takes any free one. */
  sitePort?: number | undefined;
  /** Which pages may connect, by their origins. Default: those of this machine. Other programs send no origin. */
  origins?: Origins | undefined;
  /** Environment variables of the functions. They are set for the whole process until the deployment closes. */
  env?: Record<string, string> | undefined;
  /** Receives errors, unredacted but within bounds, and the ports that are taken. Default: stderr. */
  log?: ((line: string) => void) | undefined;
}

/** A running deployment. */
export interface Deployment {
  /** For clients: `new ConvexReactClient(url)`. */
  url: string;
  /** Where the app's HTTP actions are served. */
  siteUrl: string;
  port: number;
  sitePort: number;
  /** Holds the data. It outlives the deployment. */
  engine: Engine;
  /** Calls any function of the app by its path (`module:export`), internal ones too, signed out or as `identity`. */
  call(path: string, args?: Args, identity?: UserIdentity): Promise<Value>;
  /** Reads and writes the app's tables directly, in one mutation. */
  run<T>(handler: RunHandler<T>): Promise<T>;
  /** Stops listening and drops all connections. Functions that were scheduled for later stay in memory. */
  close(): Promise<void>;
}

/**
 * Starts a Convex deployment inside this process, under the backend's rules (dev/strict) unless `make` says otherwise. All
 * data is in memory.
 */
export async function startDeployment(
  options: DeploymentOptions,
): Promise<Deployment> {
  const log =
    options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const logFailure = boundedLog(log);
  const onFailure = (path: string, detail: string) =>
    logFailure(`[convex] ${path}: ${detail}`);
  const make = options.make ?? strict(convexTest);
  const backend = new Backend({ ...options, make }, onFailure);
  const origins = options.origins ?? isLocalOrigin;
  const api = createHttpServer(guard(createApi(backend), origins), onFailure);
  const sync = new SyncServer(api, backend, origins);
  const site = createHttpServer(createSite(backend), onFailure);

  const port = await listen(api, {
    port: options.port ?? DEFAULT_PORT,
    name: "Convex",
    warn: log,
  });
  const sitePort = await listen(site, {
    port: options.sitePort ?? (options.port === 0 ? 0 : port + 1),
    name: "Convex HTTP actions",
    warn: log,
  });
  const url = `http://${HOST}:${port}`;
  const siteUrl = `http://${HOST}:${sitePort}`;
  const restore = environment(
    { CONVEX_CLOUD_URL: url, CONVEX_SITE_URL: siteUrl, ...options.env },
    onFailure,
  );
  return {
    url,
    siteUrl,
    port,
    sitePort,
    engine: backend.engine,
    call: (path, args, identity) => backend.invoke(path, args, identity),
    run: (handler) => backend.run(handler),
    close: async () => {
      backend.close();
      sync.close();
      await Promise.all([closeServer(api), closeServer(site)]);
      restore();
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Prepares the process for the functions that run in it. Returns a function that undoes it.
 *
 * Functions read their environment variables from `process.env`. A promise that is not awaited must not
 * end the deployment, as it would end a Node process: convex-test leaves one behind when, for instance,
 * a scheduled function is cancelled while it runs.
 */
function environment(
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
