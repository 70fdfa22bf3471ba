/**
 * The other end of Convex's own client: an unmodified `ConvexReactClient` (or `ConvexClient`) speaks its sync protocol to
 * this instead of to a network. Nothing happens by itself but opening the connection: a test decides when a query is
 * answered and how a call ends.
 */
import { getFunctionName, type FunctionReference } from "convex/server";
import {
  ConvexError,
  convexToJson,
  jsonToConvex,
  type JSONValue,
  type Value,
} from "convex/values";

type Args = Record<string, Value>;
/** Answers a query, or throws what the function would throw. */
type Answer = (args: never) => Value;

type ClientMessage =
  | {
      type: "ModifyQuerySet";
      newVersion: number;
      modifications: (
        | { type: "Add"; queryId: number; udfPath: string; args: [JSONValue] }
        | { type: "Remove"; queryId: number }
      )[];
    }
  | {
      type: "Mutation" | "Action";
      requestId: number;
      udfPath: string;
      args: [JSONValue];
    }
  | { type: "Connect" | "Authenticate" | "Event" };

/** A mutation or action that the client is waiting for. */
export type Call = {
  path: string;
  args: Args;
  requestId: number;
  type: "Mutation" | "Action";
};

const LOG = { logLines: [] as string[] };

export class Server {
  /** Calls that have not been answered, oldest first. */
  readonly calls: Call[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #queries = new Map<number, { path: string; args: Args }>();
  #removed: number[] = [];
  #socket: Socket | undefined;
  #version = { querySet: 0, identity: 0, ts: 0 };
  #querySet = 0;

  /** For `new ConvexReactClient("https://server.example", { webSocketConstructor })`. */
  get webSocketConstructor(): typeof WebSocket {
    const accept = (socket: Socket) => (this.#socket = socket);
    const receive = (message: ClientMessage) => this.#receive(message);
    class Connection extends Socket {
      constructor() {
        super(receive);
        accept(this);
      }
    }
    // The client uses what `Socket` has, and no more.
    return Connection as unknown as typeof WebSocket;
  }

  /** From now on this query gets this answer, once `push` sends it. */
  answer(query: FunctionReference<"query">, answer: Answer): this {
    this.#answers.set(getFunctionName(query), answer);
    return this;
  }

  /** What the client is subscribed to. */
  get subscriptions(): { path: string; args: Args }[] {
    return [...this.#queries.values()];
  }

  /** Runs every query again and sends the client one consistent view. */
  push(): void {
    // A client that has nothing to ask has not connected yet.
    if (!this.#socket) return;
    const modifications: object[] = this.#removed
      .filter((queryId) => !this.#queries.has(queryId))
      .map((queryId) => ({ type: "QueryRemoved", queryId }));
    this.#removed = [];
    for (const [queryId, query] of this.#queries) {
      modifications.push(...this.#run(queryId, query));
    }
    const startVersion = encode(this.#version);
    this.#version = {
      ...this.#version,
      querySet: this.#querySet,
      ts: this.#version.ts + 1,
    };
    this.#send({
      type: "Transition",
      startVersion,
      endVersion: encode(this.#version),
      modifications,
    });
  }

  /** The oldest call (or the one given) succeeds, and its effects are in the next `push`. */
  succeed(value: Value = null, call = this.calls[0]): void {
    this.#end(call, {
      success: true,
      result: convexToJson(value),
      ts: timestamp(this.#version.ts + 1),
    });
  }

  /** The oldest call (or the one given) is refused with an error's data, or fails as a bug does in production. */
  refuse(data?: Value, call = this.calls[0]): void {
    this.#end(call, {
      success: false,
      result: "[Request ID: 0123456789abcdef] Server Error",
      ...(data === undefined ? {} : { errorData: convexToJson(data) }),
    });
  }

  #end(call: Call | undefined, outcome: object): void {
    if (!call) throw new Error("No call to answer.");
    this.calls.splice(this.calls.indexOf(call), 1);
    const type = `${call.type}Response`;
    this.#send({ type, requestId: call.requestId, ...LOG, ...outcome });
  }

  #receive(message: ClientMessage): void {
    if (message.type === "ModifyQuerySet") {
      this.#querySet = message.newVersion;
      for (const change of message.modifications) {
        if (change.type === "Remove") {
          this.#queries.delete(change.queryId);
          this.#removed.push(change.queryId);
        } else
          this.#queries.set(change.queryId, {
            path: change.udfPath,
            args: decode(change.args),
          });
      }
    } else if (message.type === "Mutation" || message.type === "Action") {
      const { type, requestId, udfPath: path } = message;
      this.calls.push({ type, requestId, path, args: decode(message.args) });
    }
  }

  #run(
    queryId: number,
    { path, args }: { path: string; args: Args },
  ): object[] {
    const answer = this.#answers.get(path);
    if (!answer) return [];
    const base = { queryId, ...LOG, journal: null };
    try {
      const value = convexToJson(answer(args as never));
      return [{ type: "QueryUpdated", value, ...base }];
    } catch (error) {
      const errorData =
        error instanceof ConvexError
          ? convexToJson(error.data as Value)
          : undefined;
      const errorMessage = "[Request ID: 0123456789abcdef] Server Error";
      return [{ type: "QueryFailed", errorMessage, errorData, ...base }];
    }
  }

  #send(message: object): void {
    this.#socket?.onmessage?.({ data: JSON.stringify(message) });
  }
}

class Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(private readonly receive: (message: ClientMessage) => void) {
    queueMicrotask(() => this.onopen?.());
  }
  send(text: string): void {
    this.receive(JSON.parse(text) as ClientMessage);
  }
  close(): void {
    this.onclose?.();
  }
}

function decode([args]: [JSONValue]): Args {
  return jsonToConvex(args) as Args;
}

function encode(version: { querySet: number; identity: number; ts: number }) {
  return { ...version, ts: timestamp(version.ts) };
}

/** Base64 of 8 bytes, little endian: how the protocol writes a 64-bit number. */
function timestamp(ts: number): string {
  return btoa(String.fromCharCode(ts & 255, (ts >> 8) & 255, 0, 0, 0, 0, 0, 0));
}
