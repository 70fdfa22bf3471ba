import type { IncomingMessage } from "node:http";
import type { Verify } from "./auth.js";
import type { Caller } from "./call.js";
import { Refusal } from "./failure.js";

/** Who sends a request, by its `Authorization` header; throws a {@link Refusal} for a token that is not good. */
export async function readCaller(
  request: IncomingMessage,
  verify: Verify,
): Promise<Caller> {
  const origin = readOrigin(request);
  const header = request.headers.authorization;
  if (header === undefined) return { ...origin, identity: null };
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
  request: IncomingMessage,
  verify: Verify,
): Promise<Caller> {
  return await readCaller(request, verify).catch((error: unknown) => {
    if (error instanceof Refusal)
      return { ...readOrigin(request), identity: null };
    throw error;
  });
}

function readOrigin(request: IncomingMessage): Omit<Caller, "identity"> {
  return {
    ip: request.socket.remoteAddress ?? null,
    userAgent: request.headers["user-agent"] ?? null,
  };
}
