/**
 * What a person goes about with: what they have, and how they ask.
 */
import type { ConvexHttpClient } from "convex/browser";
import { expect } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import type { Random } from "../random.js";
import { ask, type Person, type World } from "../world.js";
import { contentOf, expectSame, heldOf, type Held } from "./holdings.js";

export type Life = {
  world: World;
  who: Person;
  random: Random;
  client: ConvexHttpClient;
  held: Map<string, Held>;
  /** What the call that is under way may change. */
  touched: string[];
  stamp: number;
};

export function beginLife(world: World, who: Person): Life {
  return {
    world,
    who,
    random: world.random.fork(who.name),
    client: world.client(who),
    held: new Map(),
    touched: [],
    stamp: 0,
  };
}

/** Asks for something that has to be granted. */
export async function must<T>(
  { world, who }: Life,
  kind: string,
  run: () => Promise<T>,
): Promise<T> {
  const answer = await ask(world, who, kind, run);
  if (answer.ok) return answer.value;
  throw new Error(`${kind} was refused: ${JSON.stringify(answer.data)}`);
}

/** Asks for something that has to be refused, with one of these codes. */
export async function mustNot(
  { world, who }: Life,
  kind: string,
  codes: string[],
  run: () => Promise<unknown>,
): Promise<void> {
  const answer = await ask(world, who, `${kind}, refused`, run);
  if (answer.ok) throw new Error(`${kind} was granted.`);
  expect(codes).toContain((answer.data as { code: string }).code);
}

/** The ids of one's own documents, in the trash or outside it. */
export function idsOf({ held }: Life, trashed = false): string[] {
  return [...held]
    .filter(([, one]) => one.trashed === trashed)
    .map(([id]) => id);
}

/** What a document becomes: a stage by chance, and the text that belongs to it. */
export function nextText(life: Life) {
  const { random, who } = life;
  life.stamp++;
  const status = random.pick(["draft", "published", "archived"] as const);
  const isPublic = random.chance(0.4);
  const stamp = String(life.stamp);
  const content = contentOf(who.name, { status, isPublic }, stamp);
  return { title: `${who.name} ${stamp}`, content, status, isPublic };
}

/** A change of what is held: the fields that are new, and one more version. */
export function change(life: Life, id: string, fields: Partial<Held>): void {
  const before = life.held.get(id)!;
  const version = before.version + 1;
  life.held.set(id, { ...before, ...fields, version });
}

type Lists = typeof api.documents.list | typeof api.documents.listPublic;

/** One page of a list, and the next from there. */
export async function pageOf(
  life: Life,
  list: Lists,
  cursor: string | null,
): Promise<Lists["_returnType"]> {
  const paginationOpts = { numItems: 50, cursor };
  return await must(life, "list", () =>
    life.client.query(list, { paginationOpts }),
  );
}

/** Everything that one has, as the deployment says. */
export async function load(life: Life): Promise<Map<string, Held>> {
  const found = new Map<string, Held>();
  for (const list of [api.documents.list, api.documents.listTrash]) {
    for (let cursor: string | null = ""; cursor !== null;) {
      const next = await pageOf(life, list, cursor === "" ? null : cursor);
      for (const document of next.page) {
        found.set(document._id, heldOf(document));
      }
      cursor = next.isDone ? null : next.continueCursor;
    }
  }
  return found;
}

/** After a call that was lost: what it was about is as it is now, and everything else as it was. */
export async function lookUp(life: Life): Promise<void> {
  const found = await load(life);
  const created = [...found.keys()].filter((id) => !life.held.has(id));
  expectSame(life.held, found, [...life.touched, ...created]);
  life.held = found;
}
