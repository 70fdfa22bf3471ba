/**
 * What a section of the demo stands on: two users' clients, somebody who only looks, and a way to say what happens.
 *
 * @module
 */
import type { ConvexClient, ConvexHttpClient } from "convex/browser";
import type { Example } from "../local/example.js";

/** One demo user, over both of Convex's transports. */
export type User = {
  name: string;
  /** Plain requests. */
  http: ConvexHttpClient;
  /** A socket with live queries. */
  live: ConvexClient;
};

export type Stage = {
  deployment: Example;
  ada: User;
  grace: User;
  /** Signed out. */
  visitor: ConvexHttpClient;
  step: Step;
};

/**
 * One step: says what is asked, asks it, and shows what came back. `show` picks what is worth seeing; it throws when that is
 * not what it should be.
 */
export type Step = <T>(
  what: string,
  ask: () => Promise<T>,
  show: (answer: T) => string,
) => Promise<T>;

/** Fails the step it stands in. */
export function expect(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
