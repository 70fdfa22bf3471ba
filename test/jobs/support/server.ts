import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";

/** A request as the service got it. */
export type Got = {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
};
export type Answer = (response: ServerResponse, attempt: number) => void;

/** A real HTTP server for the tests of one file: it answers as it is told and remembers what it got. */
export function serve() {
  const got: Got[] = [];
  let answer: Answer = (response) => response.end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      got.push({
        method,
        url,
        headers,
        body: Buffer.concat(chunks).toString(),
      });
      answer(response, got.length);
    });
  });
  beforeAll(
    () => new Promise<void>((done) => server.listen(0, "127.0.0.1", done)),
  );
  beforeEach(() => void (got.length = 0));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    got,
    answer: (next: Answer) => void (answer = next),
    url: (path = "/v1/answers") =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  };
}

/** Answers with JSON. */
export function json(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Answer {
  return (response) => {
    response.writeHead(status, {
      "Content-Type": "application/json",
      ...headers,
    });
    response.end(JSON.stringify(body));
  };
}

/** Answers each attempt with the next of these, and with the last from then on. */
export function inTurn(...answers: Answer[]): Answer {
  return (response, attempt) =>
    answers[Math.min(attempt, answers.length) - 1]?.(response, attempt);
}
