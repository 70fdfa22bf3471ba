/**
 * Which pages a deployment serves. It has no secrets, but it has a developer's data, and every page that the developer's
 * browser shows can reach it.
 */
import type { IncomingMessage } from "node:http";

/** Whether a page of this origin may connect. */
export type Origins = (origin: string) => boolean;

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Pages that this machine serves, at any port: there the dev server listens. */
export function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && LOCAL.has(new URL(origin).hostname);
}

/** The origin of the page that asks and may; null for what is no page. */
export function allowedOrigin(
  { headers: { origin } }: IncomingMessage,
  origins: Origins,
): string | null {
  return origin !== undefined && origins(origin) ? origin : null;
}

/**
 * Whether a request comes from a page that may not connect. A page that has its own name point to this machine needs no
 * origin to read an answer, so the name is looked at too.
 */
export function foreign(
  { headers: { origin, host = "localhost" } }: IncomingMessage,
  origins: Origins,
): boolean {
  if (origin !== undefined && !origins(origin)) return true;
  return !isLocalOrigin(`http://${host}`);
}
