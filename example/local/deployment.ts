import type { Server } from "node:http";
import type { AuthConfig, UserIdentity } from "convex/server";
import { convexToJson, jsonToConvex, type Value } from "convex/values";
import { createApi } from "./api.js";
import { createVerifier } from "./auth.js";
import type { Call, Outcome } from "./call.js";
import { Engine, type EngineOptions, type RunHandler } from "./engine.js";
import { environment } from "./environment.js";
import type { Kind } from "./functions.js";
import { createHttpServer } from "./http.js";
import { Live } from "./live.js";
import { SessionMemories } from "./memory.js";
import { HOST, listen } from "./ports.js";
import { createSite } from "./site.js";
import { SyncServer } from "./sync.js";
import { Turn } from "./turn.js";

/** The port of `npx convex dev` with a local backend, so that an address kept in a browser still works. */
export const DEFAULT_PORT = 3210;

/** Arguments of a function, as Convex values. */
export type Args = Record<string, Value>;

export interface DeploymentOptions extends EngineOptions {
  /** For clients. Default: {@link DEFAULT_PORT}; 0 takes any free one. If taken, the next free one. */
  port?: number | undefined;
  /** For HTTP actions. Default: the port after `port`; 0 takes any free one. */
  sitePort?: number | undefined;
  /** The default export of the app's `auth.config.ts`. Without it no token is accepted. */
  authConfig?: AuthConfig | undefined;
  /** Environment variables of the functions. They are set for the whole process until the deployment closes. */
  env?: Record<string, string> | undefined;
  /** That of a deployment which has been closed: all that it held is there again. Default: a new one, which is empty. */
  engine?: Engine | undefined;
  /** Receives what goes wrong, unredacted, and which ports are taken. Default: stderr. */
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
  /** What holds the data. It outlives the deployment. */
  engine: Engine;
  /** Calls any function of the app by its path (`module:export`), internal ones too, as nobody or as `identity`. */
  call(path: string, args?: Args, identity?: UserIdentity): Promise<Value>;
  /** Reads and writes the app's tables directly, in one mutation. */
  run<T>(handler: RunHandler<T>): Promise<T>;
  /** Stops listening and drops all connections. Functions that were scheduled for later stay in memory. */
  close(): Promise<void>;
}

/** Starts a Convex deployment inside this process. All data is in memory. */
export async function startDeployment(
  options: DeploymentOptions,
): Promise<Deployment> {
  const log =
    options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const onFailure = (path: string, detail: string) =>
    log(`[convex] ${path}: ${detail}`);
  const verify = createVerifier(options.authConfig);
  const engine = options.engine ?? new Engine(options);
  const turn = new Turn();
  const live = new Live(engine, turn, onFailure);

  const mutate = (call: Call) =>
    turn.take(async () => {
      const outcome = await engine.call("mutation", call);
      return { outcome, version: await engine.version() };
    });
  const call = async (kind: Kind | "any", request: Call): Promise<Outcome> => {
    try {
      return kind === "mutation"
        ? (await mutate(request)).outcome
        : await engine.call(kind, request);
    } finally {
      if (kind !== "query") live.request();
    }
  };

  const api = createHttpServer(
    createApi({ engine, verify, call, onFailure }),
    onFailure,
  );
  const sync = new SyncServer(api, {
    engine,
    live,
    memories: new SessionMemories(),
    verify,
    mutate,
    onFailure,
  });
  const verbose = options.verbose ?? false;
  const site = createHttpServer(
    createSite({
      engine,
      verify,
      verbose,
      onDone: () => live.request(),
      onFailure,
    }),
    onFailure,
  );

  const port = await listen(api, {
    port: options.port ?? DEFAULT_PORT,
    name: "Convex",
    warn: log,
  });
  const wantedSite = options.sitePort ?? (options.port === 0 ? 0 : port + 1);
  const sitePort = await listen(site, {
    port: wantedSite,
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
    engine,
    call: async (path, args = {}, identity) => {
      const found = await engine.functions.find(path);
      if (found === null) throw new Error(`There is no function ${path}`);
      const run = () =>
        engine.invoke(found, {
          path,
          args: convexToJson(args),
          caller: { identity: identity ?? null },
        });
      try {
        return jsonToConvex(
          await (found.kind === "mutation" ? turn.take(run) : run()),
        );
      } finally {
        live.request();
      }
    },
    run: (handler) =>
      turn.take(() => engine.run(handler)).finally(() => live.request()),
    close: async () => {
      live.close();
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
