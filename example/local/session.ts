import type { JSONValue } from "convex/values";
import type { Verify, VerifiedToken } from "./auth.js";
import type { Call, Caller, Engine, Outcome } from "./engine.js";
import { Refusal } from "./failure.js";
import type { Live, LiveResult, Plan, Subscriber } from "./live.js";
import { SessionMemory, type SessionMemories } from "./memory.js";
import { parseClientMessage } from "./parse.js";
import {
  encodeTimestamp,
  encodeVersion,
  type CallMessage,
  type CallResponse,
  type ClientMessage,
  type QueryChange,
  type ServerMessage,
  type StateModification,
  type StateVersion,
} from "./protocol.js";

/** What a session uses of the deployment. */
export interface SessionHost {
  engine: Engine;
  live: Live;
  memories: SessionMemories;
  verify: Verify;
  /** Runs a mutation in turn; `version` shows its effects. */
  mutate(call: Call): Promise<{ outcome: Outcome; version: bigint }>;
  onFailure(path: string, detail: string): void;
}

/** The socket, as far as a session uses it. */
export interface SessionSocket {
  send(message: ServerMessage): void;
  /** Closes after what was sent; without a code when the client has been told why. */
  close(code?: number, reason?: string): void;
}

/** One connection of one client: its identity, its set of queries, and what it has been sent of them. */
export class Session implements Subscriber {
  readonly #host: SessionHost;
  readonly #socket: SessionSocket;
  readonly #origin: Omit<Caller, "identity">;
  /** Messages take effect in the order in which they arrive, though verifying a token takes time. */
  #inbox: Promise<void> = Promise.resolve();
  #closed = false;
  #memory = new SessionMemory();
  #clockSkew: number | null = null;
  #token: VerifiedToken | null = null;
  /** What the client has been sent. */
  #sent: StateVersion = { querySet: 0, identity: 0, ts: 0n };
  /** What the client has asked for; the next transition catches up. */
  #asked = { querySet: 0, identity: 0 };
  #queries = new Map<number, Call>();
  #dropped = new Set<number>();
  /** Fingerprint of the result that was sent last, by query. */
  #shown = new Map<number, string>();
  /** A mutation was answered: the client keeps its optimistic update until a transition reaches that version. */
  #owed = false;

  constructor(host: SessionHost, socket: SessionSocket, origin: Omit<Caller, "identity">) {
    this.#host = host;
    this.#socket = socket;
    this.#origin = origin;
  }

  /** Takes one message of the client. */
  receive(text: string): void {
    this.#inbox = this.#inbox.then(async () => {
      if (this.#closed) return;
      const message = this.#parse(text);
      if (message !== null) await this.#handle(message).catch((error: unknown) => this.#crash(error));
    });
  }

  /** Ends the session: nothing more is run or sent for it. What is running ends and is remembered. */
  close(): void {
    this.#closed = true;
    this.#host.live.remove(this);
  }

  plan(): Plan | null {
    const caller = this.#caller();
    if (this.#closed || caller === null) return null;

    const identity = JSON.stringify(caller.identity);
    const queries = new Map<number, Call & { key: string }>();
    for (const [id, { path, args }] of this.#queries) {
      queries.set(id, { path, args, caller, key: `${identity} ${path} ${JSON.stringify(args)}` });
    }
    const asked = { ...this.#asked };
    const dropped = [...this.#dropped];
    const owed = this.#owed;
    this.#dropped.clear();
    this.#owed = false;

    return {
      queries,
      deliver: (ts, results) => {
        if (this.#closed) return;
        const removed = dropped.filter((id) => !queries.has(id));
        for (const id of dropped) this.#shown.delete(id);
        const modifications: StateModification[] = [
          ...removed.map((queryId) => ({ type: "QueryRemoved", queryId }) as const),
          ...this.#changes(queries, results),
        ];
        const moved = asked.querySet !== this.#sent.querySet || asked.identity !== this.#sent.identity;
        if (modifications.length > 0 || moved || owed) this.#transition({ ...asked, ts }, modifications);
      },
    };
  }

  #changes(queries: Plan["queries"], results: Map<string, LiveResult>): StateModification[] {
    const modifications: StateModification[] = [];
    for (const [queryId, { key }] of queries) {
      const result = results.get(key);
      if (result === undefined || result.fingerprint === this.#shown.get(queryId)) continue;
      this.#shown.set(queryId, result.fingerprint);
      modifications.push(toModification(queryId, result.outcome));
    }
    return modifications;
  }

  #transition(version: StateVersion, modifications: StateModification[]): void {
    this.#socket.send({
      type: "Transition",
      startVersion: encodeVersion(this.#sent),
      endVersion: encodeVersion(version),
      modifications,
      ...(this.#clockSkew === null ? {} : { clientClockSkew: this.#clockSkew }),
    });
    this.#sent = version;
  }

  #parse(text: string): ClientMessage | null {
    try {
      return parseClientMessage(text);
    } catch (error) {
      this.#fatal(`Received Invalid JSON on websocket: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async #handle(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case "Connect":
        this.#memory = this.#host.memories.get(message.sessionId);
        if (message.clientTs !== null) this.#clockSkew = message.clientTs - Date.now();
        return this.#host.live.add(this);
      case "ModifyQuerySet":
        return this.#modify(message.baseVersion, message.newVersion, message.modifications);
      case "Authenticate":
        return this.#authenticate(message);
      case "Mutation":
        return this.#mutate(message);
      case "Action":
        return this.#act(message);
      case "Event":
        // Timings that the client reports for Convex's own statistics.
        return;
    }
  }

  #modify(baseVersion: number, newVersion: number, changes: QueryChange[]): void {
    if (baseVersion !== this.#asked.querySet || newVersion <= baseVersion) {
      return this.#fatal(
        `Base version ${baseVersion} passed up doesn't match the current version ${this.#asked.querySet}`,
      );
    }
    for (const change of changes) {
      if (change.type === "Add") {
        this.#queries.set(change.queryId, { path: pathOf(change), args: change.args, caller: { identity: null } });
      } else {
        this.#queries.delete(change.queryId);
        this.#dropped.add(change.queryId);
      }
    }
    this.#asked.querySet = newVersion;
    this.#host.live.request();
  }

  async #authenticate(message: ClientMessage & { type: "Authenticate" }): Promise<void> {
    if (message.baseVersion !== this.#asked.identity) throw new Error("Authenticate with another base version");
    try {
      if (message.tokenType === "Admin") throw new Refusal(401, "BadAdminKey", "The provided admin key was invalid");
      this.#token = message.tokenType === "User" ? await this.#host.verify(message.value) : null;
    } catch (error) {
      if (error instanceof Refusal) return this.#refuse(error.message, true);
      throw error;
    }
    this.#asked.identity += 1;
    this.#host.live.request();
  }

  #mutate(message: CallMessage): void {
    const caller = this.#caller();
    if (caller === null) return;
    const answer = this.#memory.once(message.requestId, async () => {
      const { outcome, version } = await this.#host.mutate({ path: pathOf(message), args: message.args, caller });
      this.#report(message, outcome);
      return toResponse("MutationResponse", message.requestId, outcome, version);
    });
    answer.then(
      (response) => {
        if (this.#closed) return;
        // The answer goes first: a client looks for answered mutations only when a transition arrives.
        this.#socket.send(response);
        this.#owed ||= response.success;
        this.#host.live.request();
      },
      (error: unknown) => this.#crash(error),
    );
  }

  #act(message: CallMessage): void {
    const caller = this.#caller();
    if (caller === null) return;
    this.#host.engine.call("action", { path: pathOf(message), args: message.args, caller }).then(
      (outcome) => {
        this.#report(message, outcome);
        if (!this.#closed) this.#socket.send(toResponse("ActionResponse", message.requestId, outcome, null));
        this.#host.live.request();
      },
      (error: unknown) => this.#crash(error),
    );
  }

  /** Who the client is now; null, and the end of the session, if its token has expired. */
  #caller(): Caller | null {
    if (this.#token !== null && this.#token.expiresAt <= Date.now()) {
      this.#refuse("Convex token identity expired", false);
      return null;
    }
    return { ...this.#origin, identity: this.#token?.identity ?? null };
  }

  #report(message: CallMessage, outcome: Outcome): void {
    if (!outcome.ok) this.#host.onFailure(message.udfPath, outcome.failure.detail);
  }

  /** The client fetches a new token and connects again. */
  #refuse(error: string, authUpdateAttempted: boolean): void {
    if (this.#closed) return;
    this.#socket.send({ type: "AuthError", error, baseVersion: this.#sent.identity, authUpdateAttempted });
    this.#end();
  }

  /** The client's own mistake: it does not connect again. */
  #fatal(error: string): void {
    if (this.#closed) return;
    this.#socket.send({ type: "FatalError", error });
    this.#end();
  }

  /** The deployment's mistake: the client connects again. */
  #crash(error: unknown): void {
    this.#host.onFailure("sync", error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (!this.#closed) this.#end(1011, "InternalServerError");
  }

  #end(code?: number, reason?: string): void {
    this.close();
    this.#socket.close(code, reason);
  }
}

/** Only an administrator may name a component's function, and there is none here: such a path finds nothing. */
function pathOf({ udfPath, isComponent }: { udfPath: string; isComponent: boolean }): string {
  return isComponent ? `component:${udfPath}` : udfPath;
}

function toModification(queryId: number, outcome: Outcome): StateModification {
  const common = { queryId, logLines: [], journal: null };
  if (outcome.ok) return { type: "QueryUpdated", ...common, value: outcome.value };
  const { message, data } = outcome.failure;
  return { type: "QueryFailed", ...common, errorMessage: message, ...(data === undefined ? {} : { errorData: data }) };
}

function toResponse(
  type: CallResponse["type"],
  requestId: number,
  outcome: Outcome,
  version: bigint | null,
): CallResponse {
  const common = { type, requestId, logLines: [] };
  if (!outcome.ok) {
    const { message, data } = outcome.failure;
    return { ...common, success: false, result: message, ...(data === undefined ? {} : { errorData: data satisfies JSONValue }) };
  }
  return { ...common, success: true, result: outcome.value, ...(version === null ? {} : { ts: encodeTimestamp(version) }) };
}
