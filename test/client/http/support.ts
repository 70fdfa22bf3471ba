/**
 * A host that serves its documents over HTTP, and requests to it.
 */
import { httpRouter, type HttpRouter } from "convex/server";
import { expect } from "vitest";
import type { RouteOptions } from "../../../src/client/index.js";
import { getDocsError } from "../../../src/errors/index.js";
import { deploy, docs, people, type Caller } from "../../support/host.js";

/** Any `Docs`, whatever its documents are. */
type Served = {
  registerRoutes(http: HttpRouter, options: RouteOptions<never>): void;
};

export function start(
  options: Partial<RouteOptions<never>> = {},
  served: Served = docs,
  modules: Record<string, () => Promise<unknown>> = {},
) {
  const http = httpRouter();
  served.registerRoutes(http, { prefix: "/api/documents", ...options });
  const t = deploy({
    modules: {
      "./convex/http.js": () => Promise.resolve({ default: http }),
      ...modules,
    },
  });
  const { ada, bob, nobody } = people(t);
  /** One request: signed in if the caller is somebody. */
  const ask = (
    caller: Caller,
    path = "",
    { headers = {}, ...init }: RequestInit = {},
  ) => {
    const token: Record<string, string> =
      caller === nobody ? {} : { Authorization: "Bearer token" };
    return caller.fetch(`/api/documents${path}`, {
      ...init,
      headers: { ...token, ...(headers as Record<string, string>) },
    });
  };
  return { t, ada, bob, nobody, ask };
}

/** What makes a document anybody's to read. */
export const published = { status: "published" as const, isPublic: true };

/** A problem's status and error, after checking that it is a problem at all. */
export async function problem(response: Response) {
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  const error = getDocsError(await response.json());
  return { status: response.status, code: error?.code, error };
}
