/**
 * A small server that stands in for other services, on this machine only: chat completions and a feed of updates.
 *
 * | request                     | what it does                                                  |
 * | --------------------------- | ------------------------------------------------------------- |
 * | `POST /v1/chat/completions` | answers, slowly, after failures or after a rate limit, by mode |
 * | `GET /v1/updates?cursor=`   | a page of the feed, by its own mode                           |
 * | `POST /v1/updates`          | adds to the feed: `{ "id", "title" }`                         |
 * | `PUT /mode?service=`        | `{ "mode": "failing", "times": 2 }`: see `modes.ts`           |
 *
 * @module
 */
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import { HOST, listen } from "../local/ports.js";
import { complete, requestSchema } from "./completions.js";
import {
  modeSchema,
  Moods,
  serviceSchema,
  type Mode,
  type Service,
} from "./modes.js";
import { Feed, updateSchema } from "./updates.js";

/** The key the stub takes: published in this repository, and worth nothing. */
export const STUB_KEY = "stub-key-worth-nothing";

/** Bytes of a request's body. */
const MAX_BODY = 1_048_576;

/** A running stub. */
export type Stub = {
  /** `OPENAI_BASE_URL` for whoever calls it. */
  url: string;
  /** How often a completion was asked for, whatever the answer. */
  calls(): number;
  /** Changes how a service behaves: completions, unless it says otherwise. */
  set(mode: Mode, service?: Service): void;
  publish(update: z.infer<typeof updateSchema>): void;
  close(): Promise<void>;
};

/** Starts the stub on any free port. */
export async function startStub(): Promise<Stub> {
  const moods = { completions: new Moods(), updates: new Moods() };
  const feed = new Feed();
  let calls = 0;

  const completions = async (request: IncomingMessage): Promise<Answer> => {
    calls += 1;
    const number = calls;
    const key = request.headers.authorization?.replace(/^Bearer /, "");
    // As the real one does, which is why nobody should pass its words on.
    if (key !== STUB_KEY)
      return failure(
        401,
        "invalid_api_key",
        `Incorrect API key provided: ${key}.`,
      );
    const body = requestSchema.safeParse(await json(request));
    if (!body.success) return failure(400, "invalid_request");
    const obstacle = await meet(moods.completions);
    if (obstacle) return obstacle;
    return { status: 200, body: complete(body.data, `chatcmpl-${number}`) };
  };

  const routes: Record<
    string,
    (request: IncomingMessage, url: URL) => Promise<Answer> | Answer
  > = {
    "POST /v1/chat/completions": completions,
    "GET /v1/updates": async (_request, { searchParams }) => {
      const obstacle = await meet(moods.updates);
      if (obstacle) return obstacle;
      const page = feed.page(searchParams.get("cursor"));
      return page
        ? { status: 200, body: page }
        : failure(400, "invalid_cursor");
    },
    "POST /v1/updates": async (request) => {
      const update = updateSchema.safeParse(await json(request));
      if (!update.success) return failure(400, "invalid_request");
      feed.publish(update.data);
      return { status: 201, body: update.data };
    },
    "PUT /mode": async (request, { searchParams }) => {
      const mode = modeSchema.safeParse(await json(request));
      const service = serviceSchema.safeParse(
        searchParams.get("service") ?? "completions",
      );
      if (!mode.success || !service.success)
        return failure(400, "invalid_request");
      moods[service.data].set(mode.data);
      return { status: 200, body: mode.data };
    },
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://stub");
    const route = routes[`${request.method} ${url.pathname}`];
    const answer = async () =>
      route ? await route(request, url) : failure(404, "not_found");
    void answer()
      .catch(() => failure(400, "invalid_request"))
      .then(({ status, body, headers }) => {
        response.writeHead(status, {
          "Content-Type": "application/json",
          "X-Request-Id": `req_${crypto.randomUUID().slice(0, 8)}`,
          ...headers,
        });
        response.end(JSON.stringify(body));
      });
  });
  const port = await listen(server, { port: 0, name: "Stub" });
  return {
    url: `http://${HOST}:${port}/v1`,
    calls: () => calls,
    set: (mode, service = "completions") => moods[service].set(mode),
    publish: (update) => feed.publish(update),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = {
  status: number;
  body: unknown;
  headers?: Record<string, string> | undefined;
};

/** What stands in the way of an answer: an error, or nothing after a while. */
async function meet(moods: Moods): Promise<Answer | null> {
  const obstacle = moods.next();
  if (!obstacle) return null;
  if ("waitMs" in obstacle) {
    await wait(obstacle.waitMs, undefined, { ref: false });
    return null;
  }
  const { status, code, headers } = obstacle;
  return { ...failure(status, code), headers };
}

/** An error as OpenAI's API has them. */
function failure(status: number, code: string, message: string = code): Answer {
  return { status, body: { error: { code, message, type: code } } };
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error("too large");
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
