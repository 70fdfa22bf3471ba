import { once } from "node:events";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** A message of the deployment, as it is on the wire. */
export type Message = { type: string } & Record<string, unknown>;

/** A client without a protocol: sends what it is told and keeps what it receives. */
export class RawSocket {
  readonly received: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      this.received.push(JSON.parse(data.toString("utf8")) as Message);
      this.#waiting.forEach((check) => check());
    });
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) =>
        resolve({ code, reason: reason.toString() }),
      );
    });
    onTestFinished(() => socket.terminate());
  }

  static async open(url: string): Promise<RawSocket> {
    const socket = new WebSocket(
      `${url.replace("http", "ws")}/api/1.48.0/sync`,
    );
    const raw = new RawSocket(socket);
    await once(socket, "open");
    return raw;
  }

  /** Opens and introduces itself. */
  static async connect(
    url: string,
    sessionId: string = crypto.randomUUID(),
  ): Promise<RawSocket> {
    const raw = await RawSocket.open(url);
    raw.send({
      type: "Connect",
      sessionId,
      connectionCount: 0,
      lastCloseReason: "InitialConnect",
      clientTs: Date.now(),
    });
    return raw;
  }

  send(message: unknown): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(data: string | Buffer): void {
    this.#socket.send(data);
  }

  mutate(requestId: number, udfPath: string, args: unknown = {}): void {
    this.send({ type: "Mutation", requestId, udfPath, args: [args] });
  }

  /** Subscribes to queries, in the order of their ids from 0, as the first change of the query set. */
  subscribe(...paths: string[]): void {
    const modifications = paths.map((udfPath, queryId) => ({
      type: "Add",
      queryId,
      udfPath,
      args: [{}],
    }));
    this.send({
      type: "ModifyQuerySet",
      baseVersion: 0,
      newVersion: 1,
      modifications,
    });
  }

  /** The first message received, or still to come, that is accepted. */
  next(accept: string | ((message: Message) => boolean)): Promise<Message> {
    const test =
      typeof accept === "string"
        ? (message: Message) => message.type === accept
        : accept;
    return new Promise((resolve) => {
      const check = () => {
        const found = this.received.find(test);
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  answerTo(requestId: number): Promise<Message> {
    return this.next((message) => message["requestId"] === requestId);
  }

  /** Stops reading, so that what is sent piles up at the sender. */
  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }

  /** Drops the connection without a goodbye. */
  drop(): void {
    this.#socket.terminate();
  }
}
