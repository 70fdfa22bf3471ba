/**
 * What a person does to one document of their own.
 */
import { expect } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import { ask } from "../world.js";
import { change, idsOf, must, mustNot, nextText, type Life } from "./life.js";

const { documents } = api;

export async function create(life: Life): Promise<void> {
  const fields = nextText(life);
  const key = `${life.who.name} ${life.stamp}`;
  const { id, version } = await must(life, "create", () =>
    life.client.mutation(documents.create, { ...fields, key }),
  );
  expect(version).toBe(1);
  life.held.set(id, { ...fields, version, trashed: false });
  life.world.ids.push(id);
  const again = { ...fields, key };
  await mustNot(life, "create again", ["ALREADY_EXISTS"], () =>
    life.client.mutation(documents.create, again),
  );
}

export async function update(life: Life): Promise<void> {
  const id = one(life);
  if (id === undefined) return;
  const { version } = life.held.get(id)!;
  const fields = nextText(life);
  if (version > 1 && life.random.chance(0.3)) {
    await mustNot(life, "update of an old version", ["CONFLICT"], () =>
      life.client.mutation(documents.update, {
        id,
        ...fields,
        ifVersion: version - 1,
      }),
    );
  }
  const written = await must(life, "update", () =>
    life.client.mutation(documents.update, {
      id,
      ...fields,
      ifVersion: version,
    }),
  );
  change(life, id, fields);
  expect(written).toEqual({ id, version: version + 1 });
}

/** Two windows save the same version at once: one of them has to. */
export async function race(life: Life): Promise<void> {
  const id = one(life);
  if (id === undefined) return;
  const ifVersion = life.held.get(id)!.version;
  const windows = [life.client, life.world.client(life.who)];
  const texts = windows.map(() => nextText(life));
  const answers = await Promise.all(
    windows.map((window, index) =>
      ask(life.world, life.who, "save at once", () =>
        window.mutation(documents.update, { id, ...texts[index]!, ifVersion }),
      ),
    ),
  );
  const won = answers.findIndex(({ ok }) => ok);
  const refused = answers.flatMap((answer) => (answer.ok ? [] : [answer.data]));
  expect(refused).toMatchObject([{ code: "CONFLICT", actual: ifVersion + 1 }]);
  change(life, id, texts[won]!);
}

export async function trash(life: Life): Promise<void> {
  const id = one(life);
  if (id === undefined) return;
  await must(life, "remove", () =>
    life.client.mutation(documents.remove, { id }),
  );
  change(life, id, { trashed: true });
  await mustNot(life, "remove again", ["NOT_FOUND"], () =>
    life.client.mutation(documents.remove, { id }),
  );
}

export async function restore(life: Life): Promise<void> {
  const id = one(life, true);
  if (id === undefined) return;
  await must(life, "restore", () =>
    life.client.mutation(documents.restore, { id }),
  );
  change(life, id, { trashed: false });
}

export async function purge(life: Life): Promise<void> {
  const id = one(life, true);
  if (id === undefined) return;
  await must(life, "purge", () =>
    life.client.mutation(documents.purge, { id }),
  );
  life.held.delete(id);
}

/** Everything that is wrong is named, and nothing happens. */
export async function invalid(life: Life): Promise<void> {
  const id = one(life);
  if (id === undefined) return;
  const { content } = nextText(life);
  for (const title of [" ", "x".repeat(201)]) {
    await mustNot(life, "update with a bad title", ["VALIDATION_FAILED"], () =>
      life.client.mutation(documents.update, { id, title, content }),
    );
  }
}

/** One of one's documents, which the call that follows may change. */
function one(life: Life, trashed = false): string | undefined {
  const ids = idsOf(life, trashed);
  if (ids.length === 0) return undefined;
  const id = life.random.pick(ids);
  life.touched.push(id);
  return id;
}
