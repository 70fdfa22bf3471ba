import type { VerifiedToken, Verify } from "./auth.js";
import {
  messageOf,
  Refusal,
  stackOf,
  type Call,
  type Caller,
  type Outcome,
} from "./call.js";
import type { Engine } from "./engine.js";
import { CLIENT } from "./limits.js";
import type { Live, Plan, Subscriber } from "./live.js";
import {
  encodeTimestamp,
  parseClientMessage,
  type CallMessage,
  type CallResponse,
  type ClientMessage,
  type ServerMessage,
} from "./protocol.js";
import { View } from "./view.js";

/** The parts of the deployment that a session uses. */
export interface SessionHost extends AnswerHost {
  live: Live;
  memories: SessionMemories;
  verify: Verify;
}

type Of<Type extends ClientMessage["type"]> = ClientMessage & { type: Type };

/** The socket, as far as a session uses it. */
interface SessionSocket {
  send(message: ServerMessage): void;
  /** Closes after what was sent; without a code when the client has been told why. */
  close(code?: number, reason?: string): void;
}

/** One connection of one client: who it is, and what it asks for. */
export class Session implements Subscriber {
  readonly #host: SessionHost;
  readonly #socket: SessionSocket;
  readonly #origin: Omit<Caller, "identity">;
  readonly #view: View;
  /** Messages take effect in the order in which they arrive, though verifying a token takes time. */
  #queue: Promise<void> = Promise.resolve();
  #memory = new SessionMemory();
  #token: VerifiedToken | null = null;
  /** Bytes of the messages that were not answered yet. */
  #unanswered = 0;
  #closed = false;

  constructor(
    host: SessionHost,
    socket: SessionSocket,
    origin: Omit<Caller, "identity">,
  ) {
    this.#host = host;
    this.#socket = socket;
    this.#origin = origin;
    this.#view = new View((message) => this.#send(message));
  }

  /** Takes one message of the client. */
  receive(text: string): void {
    const bytes = text.length + CLIENT.messageBytes;
    this.#unanswered += bytes;
    if (this.#unanswered > CLIENT.maxUnanswered) {
      this.#fatal("Too much at once: wait for answers before sending more");
      return;
    }
    const answered = () => {
      this.#unanswered -= bytes;
    };
    this.#queue = this.#queue.then(async () => {
      const message = this.#closed ? null : this.#parse(text);
      if (message === null) return;
      // What follows a call does not wait for its answer.
      if ("udfPath" in message) {
        void this.#call(message).finally(answered);
        return;
      }
      await this.#handle(message)
        .catch((error: unknown) => this.crash(error))
        .finally(answered);
    });
  }

  /** Ends the session: nothing more is run or sent for it. What is running ends and is remembered. */
  close(): void {
    this.#closed = true;
    this.#host.live.remove(this);
  }

  plan(): Plan | null {
    const caller = this.#caller();
    return caller === null ? null : this.#view.plan(caller);
  }

  #parse(text: string): ClientMessage | null {
    try {
      return parseClientMessage(text);
    } catch (error) {
      this.#fatal(`Received Invalid JSON on websocket: ${messageOf(error)}`);
      return null;
    }
  }

  async #handle(message: Exclude<ClientMessage, CallMessage>): Promise<void> {
    switch (message.type) {
      case "Connect":
        this.#memory = this.#host.memories.get(message.sessionId);
        if (message.clientTs !== null) {
          this.#view.clockSkew = message.clientTs - Date.now();
        }
        this.#host.live.add(this);
        break;
      case "ModifyQuerySet":
        this.#modify(message);
        break;
      case "Authenticate":
        await this.#authenticate(message);
        break;
      case "Event":
        // Timings that the client reports for Convex's own statistics.
        break;
    }
  }

  #modify({
    baseVersion,
    newVersion,
    modifications,
  }: Of<"ModifyQuerySet">): void {
    const current = this.#view.querySet;
    if (baseVersion !== current || newVersion <= baseVersion) {
      this.#fatal(
        `Base version ${baseVersion} passed up doesn't match the current version ${current}`,
      );
      return;
    }
    const refused = this.#view.change(newVersion, modifications);
    if (refused === null) this.#host.live.request();
    else this.#fatal(refused);
  }

  async #authenticate(message: Of<"Authenticate">): Promise<void> {
    const { baseVersion } = message;
    if (baseVersion !== this.#view.identity) {
      this.#fatal(
        `Identity version ${baseVersion} doesn't match the current version ${this.#view.identity}`,
      );
      return;
    }
    try {
      this.#token = await this.#verify(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.message, true);
      return;
    }
    this.#view.changeIdentity();
    this.#host.live.request();
  }

  async #verify({
    tokenType,
    value,
  }: Of<"Authenticate">): Promise<VerifiedToken | null> {
    if (tokenType === "User") return await this.#host.verify(value);
    if (tokenType === "None") return null;
    throw new Refusal(401, "BadAdminKey", "The provided admin key was invalid");
  }

  /** Never rejects. */
  async #call(message: CallMessage): Promise<void> {
    const caller = this.#caller();
    if (caller === null) return;
    try {
      const response = await answerCall(
        this.#host,
        this.#memory,
        message,
        caller,
      );
      // The answer goes first: a client looks for answered mutations only when a transition arrives.
      this.#send(response);
      if (response.success && message.type === "Mutation") this.#view.owe();
      this.#host.live.request();
    } catch (error) {
      this.crash(error);
    }
  }

  /** Who the client is now; null if the session has ended, or ends because its token has expired. */
  #caller(): Caller | null {
    if (this.#closed) return null;
    if (this.#token !== null && this.#token.expiresAt <= Date.now()) {
      this.#refuse("Convex token identity expired", false);
      return null;
    }
    return { ...this.#origin, identity: this.#token?.identity ?? null };
  }

  /** The client fetches a new token and connects again. */
  #refuse(error: string, authUpdateAttempted: boolean): void {
    this.#send({
      type: "AuthError",
      error,
      baseVersion: this.#view.shownIdentity,
      authUpdateAttempted,
    });
    this.#end();
  }

  /** The client's own mistake: it does not connect again. */
  #fatal(error: string): void {
    this.#send({ type: "FatalError", error });
    this.#end();
  }

  /** The deployment's mistake: the client connects again. */
  crash(error: unknown): void {
    this.#host.onFailure("sync", stackOf(error));
    this.#end(1011, "InternalServerError");
  }

  #send(message: ServerMessage): void {
    if (!this.#closed) this.#socket.send(message);
  }

  #end(code?: number, reason?: string): void {
    if (this.#closed) return;
    this.close();
    this.#socket.close(code, reason);
  }
}

/** The parts of the deployment that answer a call. */
interface AnswerHost {
  engine: Engine;
  /** Runs a mutation in turn; `version` shows its effects. */
  mutate(call: Call): Promise<{ outcome: Outcome; version: bigint }>;
  onFailure(path: string, detail: string): void;
}

/** Runs what a client calls over its socket. A mutation that the session has sent before is not run again. */
function answerCall(
  host: AnswerHost,
  memory: SessionMemory,
  { type, requestId, udfPath, args }: CallMessage,
  caller: Caller,
): Promise<CallResponse> {
  const call = { path: udfPath, args, caller };
  const run = async () => {
    const { outcome, version } =
      type === "Mutation"
        ? await host.mutate(call)
        : { outcome: await host.engine.call("action", call), version: null };
    if (!outcome.ok) host.onFailure(udfPath, outcome.failure.detail);
    return toResponse(`${type}Response`, requestId, outcome, version);
  };
  return type === "Mutation" ? memory.once(requestId, run) : run();
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
    return {
      ...common,
      success: false,
      result: message,
      ...(data === undefined ? {} : { errorData: data }),
    };
  }
  return {
    ...common,
    success: true,
    result: outcome.value,
    ...(version === null ? {} : { ts: encodeTimestamp(version) }),
  };
}

/** Sessions whose clients may still come back. A client keeps its session id for as long as its page lives. */
const SESSION_LIMIT = 1_000;

/** Answers kept per session, and so many bytes of them. A client re-sends only mutations that it has no transition for yet. */
const ANSWER_LIMIT = 10_000;

/** The mutations of one session, across its sockets. */
class SessionMemory {
  readonly #answers = new Map<number, Promise<CallResponse>>();
  /** Bytes of those that are known. */
  readonly #sizes = new Map<number, number>();
  #bytes = 0;

  /**
   * Runs a mutation, or returns the answer it had before: a client that reconnects sends again what it
   * has no answer for, though it may have been applied. A failed mutation left no trace and runs again.
   */
  once(
    requestId: number,
    run: () => Promise<CallResponse>,
  ): Promise<CallResponse> {
    const known = this.#answers.get(requestId);
    if (known !== undefined) return known;

    const answer = run();
    this.#answers.set(requestId, answer);
    answer.then(
      (response) => {
        if (response.success) this.#keep(requestId, response);
        else this.#answers.delete(requestId);
      },
      () => this.#answers.delete(requestId),
    );
    return answer;
  }

  #keep(requestId: number, response: CallResponse): void {
    for (const [oldest, bytes] of this.#sizes) {
      const isFull =
        this.#bytes > CLIENT.maxAnswers || this.#sizes.size >= ANSWER_LIMIT;
      if (!isFull) break;
      this.#answers.delete(oldest);
      this.#sizes.delete(oldest);
      this.#bytes -= bytes;
    }
    const bytes = JSON.stringify(response.result).length;
    this.#sizes.set(requestId, bytes);
    this.#bytes += bytes;
  }
}

/** The memories of all sessions, by session id. */
export class SessionMemories {
  readonly #memories = new Map<string, SessionMemory>();

  get(sessionId: string): SessionMemory {
    const memory = this.#memories.get(sessionId) ?? new SessionMemory();
    // Put last, so that the session used longest ago is forgotten first.
    this.#memories.delete(sessionId);
    this.#memories.set(sessionId, memory);
    for (const oldest of this.#memories.keys()) {
      if (this.#memories.size <= SESSION_LIMIT) break;
      this.#memories.delete(oldest);
    }
    return memory;
  }
}
