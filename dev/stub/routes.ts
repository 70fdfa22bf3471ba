/**
 * A stub of other services: chat completions and a feed of updates.
 *
 * | request                     | what it does                                                  |
 * | --------------------------- | ------------------------------------------------------------- |
 * | `POST /v1/chat/completions` | answers, slowly, after failures or after a rate limit, by mode |
 * | `GET /v1/updates?cursor=`   | a page of the feed, by its own mode                           |
 * | `POST /v1/updates`          | adds to the feed: `{ "id", "title" }`                         |
 * | `PUT /mode?service=`        | `{ "mode": "failing", "times": 2 }`: see `services.ts`        |
 *
 * @module
 */
import type { z } from "zod";
import { unref } from "../deployment/core/task.js";
import {
  complete,
  Feed,
  modeSchema,
  ModeState,
  requestSchema,
  serviceSchema,
  updateSchema,
  type Mode,
  type Service,
} from "./services.js";

/** The API key that the stub accepts. */
export const STUB_KEY = "stub-key-worth-nothing";

/** The services, by requests and answers of the web: whoever has a network adds it. */
export type Services = {
  fetch(request: Request): Promise<Response>;
  /** The number of completion requests, failed ones included. */
  calls(): number;
  /** Sets the mode of a service. Default: completions. */
  set(mode: Mode, service?: Service): void;
  publish(update: z.infer<typeof updateSchema>): void;
};

/** The services in the modes and with the feed that they begin with. */
export function createServices(): Services {
  const state: State = {
    modes: { completions: new ModeState(), updates: new ModeState() },
    feed: new Feed(),
    calls: 0,
  };
  const routes = createRoutes(state);
  return {
    fetch: async (request) => {
      const url = new URL(request.url);
      const route = routes[`${request.method} ${url.pathname}`];
      const answer = async () =>
        route ? await route(request, url) : failure(404, "not_found");
      return await answer().then(toResponse, refused);
    },
    calls: () => state.calls,
    set: (mode, service = "completions") => state.modes[service].set(mode),
    publish: (update) => state.feed.publish(update),
  };
}

type State = {
  modes: Record<Service, ModeState>;
  feed: Feed;
  /** Completion requests so far. */
  calls: number;
};

type Route = (request: Request, url: URL) => Promise<Answer> | Answer;

function createRoutes(state: State): Record<string, Route> {
  const { modes, feed } = state;
  return {
    "POST /v1/chat/completions": async (request) => {
      const number = (state.calls += 1);
      const key = request.headers.get("authorization")?.replace(/^Bearer /, "");
      // The real one repeats the key too, so its message must not be passed on.
      if (key !== STUB_KEY)
        return failure(
          401,
          "invalid_api_key",
          `Incorrect API key provided: ${key}.`,
        );
      const body = requestSchema.safeParse(await request.json());
      if (!body.success) return failure(400, "invalid_request");
      const effect = await applyMode(modes.completions);
      if (effect) return effect;
      return { status: 200, body: complete(body.data, `chatcmpl-${number}`) };
    },
    "GET /v1/updates": async (_request, { searchParams }) => {
      const effect = await applyMode(modes.updates);
      if (effect) return effect;
      const page = feed.page(searchParams.get("cursor"));
      return page
        ? { status: 200, body: page }
        : failure(400, "invalid_cursor");
    },
    "POST /v1/updates": async (request) => {
      const update = updateSchema.safeParse(await request.json());
      if (!update.success) return failure(400, "invalid_request");
      feed.publish(update.data);
      return { status: 201, body: update.data };
    },
    "PUT /mode": async (request, { searchParams }) => {
      const mode = modeSchema.safeParse(await request.json());
      const service = serviceSchema.safeParse(
        searchParams.get("service") ?? "completions",
      );
      if (!mode.success || !service.success)
        return failure(400, "invalid_request");
      modes[service.data].set(mode.data);
      return { status: 200, body: mode.data };
    },
  };
}

type Answer = {
  status: number;
  body: unknown;
  headers?: Record<string, string> | undefined;
};

function toResponse({ status, body, headers }: Answer): Response {
  const id = `req_${crypto.randomUUID().slice(0, 8)}`;
  return Response.json(body, {
    status,
    headers: { "X-Request-Id": id, ...headers },
  });
}

/** The answer to a request that cannot be read. */
export const refused = (): Response =>
  toResponse(failure(400, "invalid_request"));

/** Applies the mode to one call: an error to answer, or null after the wait. */
async function applyMode(modes: ModeState): Promise<Answer | null> {
  const effect = modes.next();
  if (!effect) return null;
  if ("waitMs" in effect) {
    await new Promise<void>((resolve) =>
      unref(setTimeout(resolve, effect.waitMs)),
    );
    return null;
  }
  const { status, code, headers } = effect;
  return { ...failure(status, code), headers };
}

/** An error as OpenAI's API has them. */
function failure(status: number, code: string, message: string = code): Answer {
  return { status, body: { error: { code, message, type: code } } };
}
