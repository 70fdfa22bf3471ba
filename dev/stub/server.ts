/**
 * The stub of other services (`routes.ts`) on a port of this machine.
 *
 * @module
 */
import { createServer, type IncomingMessage } from "node:http";
import { HOST, listen } from "../deployment/node/ports.js";
import { createServices, refused, type Services } from "./routes.js";

/** Bytes of a request's body. */
const MAX_BODY = 1_048_576;

/** A running stub. */
export type Stub = Omit<Services, "fetch"> & {
  /** The value for `OPENAI_BASE_URL`. */
  url: string;
  close(): Promise<void>;
};

/** Starts the stub on any free port. */
export async function startStub(): Promise<Stub> {
  const services = createServices();
  const server = createServer((request, response) => {
    void toRequest(request)
      .then((asked) => services.fetch(asked))
      .catch(() => refused())
      .then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      })
      // The client is gone.
      .catch(() => response.destroy());
  });
  const port = await listen(server, { port: 0, name: "Stub" });
  return {
    ...services,
    url: `http://${HOST}:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function toRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error("too large");
    chunks.push(chunk);
  }
  const { method = "GET", headers, url = "/" } = request;
  return new Request(new URL(url, "http://stub"), {
    method,
    headers: { authorization: headers.authorization ?? "" },
    ...(size > 0 ? { body: Buffer.concat(chunks) } : {}),
  });
}
