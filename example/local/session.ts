import { answerCall, type AnswerHost } from "./answer.js";
import type { Verify, VerifiedToken } from "./auth.js";
import type { Caller } from "./call.js";
import { Refusal, messageOf, stackOf } from "./failure.js";
import type { Live, Plan, Subscriber } from "./live.js";
import { SessionMemory, type SessionMemories } from "./memory.js";
import { parseClientMessage } from "./parse.js";
import type { CallMessage, ClientMessage, ServerMessage } from "./protocol.js";
import { View } from "./view.js";

/** What a session uses of the deployment. */
export interface SessionHost extends AnswerHost {
  live: Live;
  memories: SessionMemories;
  verify: Verify;
}

type Of<Type extends ClientMessage["type"]> = ClientMessage & { type: Type };

/** The socket, as far as a session uses it. */
export interface SessionSocket {
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
  #inbox: Promise<void> = Promise.resolve();
  #memory = new SessionMemory();
  #token: VerifiedToken | null = null;
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
    this.#inbox = this.#inbox.then(async () => {
      const message = this.#closed ? null : this.#parse(text);
      if (message !== null)
        await this.#handle(message).catch((error: unknown) =>
          this.#crash(error),
        );
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

  async #handle(message: ClientMessage): Promise<void> {
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
      case "Mutation":
      case "Action":
        this.#call(message);
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
    this.#view.change(newVersion, modifications);
    this.#host.live.request();
  }

  async #authenticate(message: Of<"Authenticate">): Promise<void> {
    if (message.baseVersion !== this.#view.identity) {
      throw new Error("Authenticate with another base version");
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

  #call(message: CallMessage): void {
    const caller = this.#caller();
    if (caller === null) return;
    answerCall(this.#host, this.#memory, message, caller).then(
      (response) => {
        // The answer goes first: a client looks for answered mutations only when a transition arrives.
        this.#send(response);
        if (response.success && message.type === "Mutation") this.#view.owe();
        this.#host.live.request();
      },
      (error: unknown) => this.#crash(error),
    );
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
  #crash(error: unknown): void {
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
