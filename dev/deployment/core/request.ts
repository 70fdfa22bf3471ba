import type { Verify } from "./auth.js";
import { Refusal, stackOf, type Caller } from "./call.js";

/** A request as the deployment reads it, whoever received it: a server of Node's, or a worker in a page. */
export interface Incoming {
  method: string;
  headers: Headers;
  /** The address of the client; null where there is no network between them. */
  ip: string | null;
  /** Reads the body; null if it is larger than {@link BODY_LIMIT}. */
  body(): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** Answers one request. Errors become Convex's JSON errors. */
export type Handle = (request: Incoming, url: URL) => Promise<Response>;

/** The largest request body and the largest WebSocket message (bytes). */
export const BODY_LIMIT = 20 * 1024 * 1024;

/** Answers a request, whatever `work` throws. */
export async function answer(
  path: string,
  work: () => Promise<Response>,
  onFailure: (path: string, detail: string) => void,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return refusal(error);
    onFailure(path, stackOf(error));
    return refusal(
      new Refusal(
        500,
        "InternalServerError",
        "Your request couldn't be completed. Try again later.",
      ),
    );
  }
}

/** Convex's JSON error. */
export function refusal({ status, code, message }: Refusal): Response {
  return Response.json({ code, message }, { status });
}

/** Who sends a request, by its `Authorization` header; throws a {@link Refusal} for a token that is not good. */
export async function readCaller(
  request: Incoming,
  verify: Verify,
): Promise<Caller> {
  const origin = readOrigin(request);
  const header = request.headers.get("authorization");
  if (header === null) return { ...origin, identity: null };
  if (/^convex /i.test(header))
    throw new Refusal(401, "BadAdminKey", "The provided admin key was invalid");
  if (!/^bearer ./i.test(header))
    throw new Refusal(
      400,
      "InvalidHeaderFailure",
      "Invalid authentication header",
    );
  return {
    ...origin,
    identity: (await verify(header.slice("bearer ".length).trim())).identity,
  };
}

/**
 * Who sends a request to an HTTP action: there the header may belong to the app's own scheme, so a
 * token that is not good makes the caller a stranger and not an error.
 */
export async function readHttpActionCaller(
  request: Incoming,
  verify: Verify,
): Promise<Caller> {
  return await readCaller(request, verify).catch((error: unknown) => {
    if (error instanceof Refusal)
      return { ...readOrigin(request), identity: null };
    throw error;
  });
}

function readOrigin({ ip, headers }: Incoming): Omit<Caller, "identity"> {
  return { ip, userAgent: headers.get("user-agent") };
}
