/**
 * The deployment that everybody works on, and how to reach it while it comes and goes.
 */
import { setTimeout } from "node:timers/promises";
import { ConvexHttpClient } from "convex/browser";
import { DEMO_ISSUER, signDemoToken } from "../../dev/auth.js";
import { startExample, type Example } from "../../dev/example.js";
import { gatherEvidence, type Evidence } from "./evidence.js";
import { randomFrom, type Random } from "./random.js";

export type Person = {
  /** Their name, which marks what is theirs alone. */
  name: string;
  /** What `identify` says of them. */
  ownerId: string;
  token: string;
};

export type World = {
  evidence: Evidence;
  random: Random;
  deployment: Example;
  people: Person[];
  /** Ids of documents, of whomever: what a stranger may have got hold of. */
  ids: string[];
  /** Operations that were answered, by kind. */
  done: Map<string, number>;
  /** How often somebody found the deployment gone. */
  lost: number;
  restarts: number;
  client(person: Person): ConvexHttpClient;
  /** Closes the deployment and starts it again on the same data. */
  restart(): Promise<void>;
  /** Does something that must not get lost on the way: a restart waits for it, and it for a restart. */
  hold<T>(run: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** One part of what goes on, beside all the others. */
export type Actor = {
  name: string;
  /** Does its share, and ends. */
  play(world: World): Promise<void>;
};

/** Sent to whoever asks for something that the deployment did not live to answer. */
export class Lost extends Error {}

export async function createWorld(
  seed: number,
  names: string[],
): Promise<World> {
  const evidence = gatherEvidence();
  const log = (line: string) => void evidence.lines.push(line);
  const people = await Promise.all(
    names.map(async (name) => ({
      name,
      ownerId: `${DEMO_ISSUER}|${name}`,
      token: await signDemoToken({
        id: name,
        name,
        email: `${name}@demo.convex-docs.example`,
      }),
    })),
  );
  const first = await startExample({ port: 0, sitePort: 0, log });
  const { port, sitePort, engine } = first;
  const held = new Set<Promise<unknown>>();
  let restarting: Promise<void> = Promise.resolve();
  const restart = async () => {
    await Promise.allSettled(held);
    await world.deployment.close();
    // Long enough for somebody to find it gone.
    await setTimeout(50);
    world.deployment = await startExample({ port, sitePort, log, engine });
    world.restarts++;
  };
  const world: World = {
    evidence,
    random: randomFrom(seed),
    deployment: first,
    people,
    ids: [],
    done: new Map(),
    lost: 0,
    restarts: 0,
    client: ({ token }) =>
      new ConvexHttpClient(world.deployment.url, {
        auth: token,
        logger: false,
      }),
    restart: () => (restarting = restart()),
    hold: async (run) => {
      await restarting;
      const running = run();
      held.add(running);
      return await running.finally(() => held.delete(running));
    },
    close: async () => {
      await world.deployment.close();
      evidence.close();
    },
  };
  return world;
}

/**
 * Asks for something as somebody and notes what comes of it. Throws `Lost` when there was no answer: it may have happened or
 * not.
 */
export async function ask<T>(
  world: World,
  { name }: Person,
  kind: string,
  run: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; data: unknown }> {
  try {
    const value = await run();
    world.evidence.shown(name, value);
    count(world, kind);
    return { ok: true, value };
  } catch (error) {
    if (isUnreachable(error)) {
      world.lost++;
      // Until it is back.
      await setTimeout(150);
      throw new Lost();
    }
    const { data } = error as { data?: unknown };
    world.evidence.told(name, `${String(error)} ${JSON.stringify(data)}`);
    // Anything else is a bug of the server's, and ends the run.
    if (data === undefined) throw error;
    count(world, kind);
    return { ok: false, data };
  }
}

export function count(world: World, kind: string): void {
  world.done.set(kind, (world.done.get(kind) ?? 0) + 1);
}

/** What Node's `fetch` throws when nobody listens, or the connection is cut. */
function isUnreachable(error: unknown): boolean {
  return (
    error instanceof TypeError && /fetch failed|terminated/.test(error.message)
  );
}
