import type { AuthConfig, UserIdentity } from "convex/server";
import { convexToJson, jsonToConvex, type Value } from "convex/values";
import { createVerifier, type Verify } from "./auth.js";
import type { Call, Outcome } from "./call.js";
import {
  Engine,
  type EngineOptions,
  type Kind,
  type RunHandler,
} from "./engine.js";
import { Live, Turn } from "./live.js";
import { SessionMemories } from "./session.js";

/** Arguments of a function, as Convex values. */
export type Args = Record<string, Value>;

export interface BackendOptions extends EngineOptions {
  /** The default export of the app's `auth.config.ts`. Without it no token is accepted. */
  authConfig?: AuthConfig | undefined;
  /** The engine of a closed deployment, with its data. Default: a new, empty one. */
  engine?: Engine | undefined;
}

/** A deployment without its servers: mutations take turns with the refresh of live queries. */
export class Backend {
  readonly engine: Engine;
  readonly live: Live;
  readonly memories = new SessionMemories();
  readonly verify: Verify;
  /** Whether clients may see the text of errors that are not ConvexErrors. */
  readonly verbose: boolean;
  readonly onFailure: (path: string, detail: string) => void;
  readonly #turn = new Turn();

  constructor(
    options: BackendOptions,
    onFailure: (path: string, detail: string) => void,
  ) {
    this.engine = options.engine ?? new Engine(options);
    this.live = new Live(this.engine, this.#turn, onFailure);
    this.verify = createVerifier(options.authConfig);
    this.verbose = options.verbose ?? false;
    this.onFailure = onFailure;
  }

  /** Runs a public mutation in turn; `version` shows its effects. */
  mutate(call: Call): Promise<{ outcome: Outcome; version: bigint }> {
    return this.#turn.take(async () => {
      const outcome = await this.engine.call("mutation", call);
      return { outcome, version: await this.engine.version() };
    });
  }

  /** Runs a public function; a mutation in turn. */
  async call(kind: Kind | "any", call: Call): Promise<Outcome> {
    try {
      return kind === "mutation"
        ? (await this.mutate(call)).outcome
        : await this.engine.call(kind, call);
    } finally {
      if (kind !== "query") this.live.request();
    }
  }

  /** Runs any function by its path, internal ones too, signed out or as `identity`, and throws what it throws. */
  async invoke(
    path: string,
    args: Args = {},
    identity?: UserIdentity,
  ): Promise<Value> {
    const found = await this.engine.functions.find(path);
    if (found === null) throw new Error(`There is no function ${path}.`);
    const run = () =>
      this.engine.invoke(found, {
        path,
        args: convexToJson(args),
        caller: { identity: identity ?? null },
      });
    try {
      return jsonToConvex(
        await (found.kind === "mutation" ? this.#turn.take(run) : run()),
      );
    } finally {
      this.live.request();
    }
  }

  /** Reads and writes the app's tables directly, in one mutation. */
  run<T>(handler: RunHandler<T>): Promise<T> {
    return this.#turn
      .take(() => this.engine.run(handler))
      .finally(() => this.live.request());
  }

  close(): void {
    this.live.close();
  }
}
