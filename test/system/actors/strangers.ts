/**
 * What a person tries with documents that are not theirs, and where everybody's are shown. What they see is searched for what
 * is somebody else's alone.
 */
import { expect } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { ask, count, Lost } from "../world.js";
import { must, mustNot, pageOf, type Life } from "./life.js";
import { strangers } from "./many.js";

const { documents } = api;

export async function tryDoor(life: Life): Promise<void> {
  const [id] = strangers(life);
  if (id === undefined) return;
  await must(life, "get a stranger's", () =>
    life.client.query(documents.get, { id }),
  );
  const hidden = ["NOT_FOUND", "FORBIDDEN"];
  await mustNot(life, "update a stranger's", hidden, () =>
    life.client.mutation(documents.update, { id, title: "Mine" }),
  );
  await mustNot(life, "remove a stranger's", hidden, () =>
    life.client.mutation(documents.remove, { id }),
  );
  await mustNot(life, "purge a stranger's", ["NOT_FOUND"], () =>
    life.client.mutation(documents.purge, { id }),
  );
}

/** By its address, as oneself or as nobody. */
export async function readOverHttp(life: Life): Promise<void> {
  const { world, who, random } = life;
  if (world.ids.length === 0) return;
  const id = random.pick(world.ids);
  const isSignedIn = random.chance(0.5);
  const headers: HeadersInit = isSignedIn
    ? { authorization: `Bearer ${who.token}` }
    : {};
  const answer = await ask(world, who, "get over HTTP", () =>
    fetch(`${world.deployment.siteUrl}/api/documents/${id}`, { headers }),
  );
  if (!answer.ok) throw new Error("fetch has no errors of ours.");
  const response = answer.value;
  const text = await response.text().catch(() => {
    throw new Lost();
  });
  const reader = isSignedIn ? who.name : "nobody";
  expect([200, 404]).toContain(response.status);
  if (response.ok) world.evidence.shown(reader, text);
  else world.evidence.told(reader, text);
  if (life.held.get(id)?.trashed === false && isSignedIn) {
    expect(response.status).toBe(200);
  }
}

export async function search(life: Life): Promise<void> {
  const other = life.random.pick(life.world.people).name;
  const mine = await must(life, "search", () =>
    life.client.query(documents.search, { query: other }),
  );
  for (const { ownerId } of mine) expect(ownerId).toBe(life.who.ownerId);
  const found = await must(life, "search", () =>
    life.client.query(documents.search, { query: other, scope: "public" }),
  );
  for (const { isPublic, status } of found) {
    expect({ isPublic, status }).toEqual({
      isPublic: true,
      status: "published",
    });
  }
}

/** What everybody may read, from the newest on. */
export async function browse(life: Life): Promise<void> {
  let cursor: string | null = null;
  for (let pages = 0; pages < 3; pages++) {
    const next = await pageOf(life, documents.listPublic, cursor);
    for (const { isPublic, status } of next.page) {
      expect({ isPublic, status }).toEqual({
        isPublic: true,
        status: "published",
      });
    }
    if (next.isDone) break;
    cursor = next.continueCursor;
  }
  count(life.world, "list public");
}
