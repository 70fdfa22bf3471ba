/**
 * Somebody who leaves drafts behind: some that have expired, some that have not, and some that are pinned for ever.
 */
import type { FunctionReturnType } from "convex/server";
import { expect } from "vitest";
import { api } from "../../../example/convex/_generated/api.js";
import type { Actor, Person, World } from "../world.js";
import { contentOf } from "./holdings.js";
import { persist } from "./persist.js";

/** Titles of what has to be in the trash in the end, and of what has to be where it was. */
export type Left = { expired: string[]; kept: string[] };

const STAGE = { status: "draft", isPublic: false } as const;
const DAY = 24 * 60 * 60 * 1000;

export function forgetful(who: Person, left: Left, batches: number): Actor {
  return {
    name: who.name,
    play: async (world) => {
      for (let n = 0; n < batches; n++) await leave(world, who, left, n);
    },
  };
}

/** Drafts of one batch. The key of one of them says whether a lost batch was made. */
async function leave(world: World, who: Person, left: Left, n: number) {
  const random = world.random.fork(`${who.name} ${n}`);
  const items = Array.from({ length: 5 + random.below(15) }, (_, index) => {
    const title = `${who.name} ${n} ${index}`;
    const isPinned = index > 0 && random.chance(0.2);
    const hasTime = index === 0 || random.chance(0.3);
    left[isPinned || hasTime ? "kept" : "expired"].push(title);
    return {
      ...STAGE,
      title,
      content: contentOf(who.name, STAGE, title),
      expiresAt: Date.now() + (hasTime ? DAY : -1),
      ...(isPinned && { pinned: true }),
      ...(index === 0 && { key: `batch ${n}` }),
    };
  });
  const answer = await persist(world, who, "leave drafts", () =>
    world.client(who).mutation(api.documents.batchCreate, { items }),
  );
  if (!answer.ok) {
    expect(answer.data).toMatchObject({
      code: "BATCH_FAILED",
      errors: [{ index: 0, error: { code: "ALREADY_EXISTS" } }],
    });
  }
}

type Lists = typeof api.documents.list | typeof api.documents.listTrash;

/** The titles of everything that somebody has in a list, page by page, sorted. */
export async function titlesIn(
  world: World,
  who: Person,
  list: Lists,
): Promise<string[]> {
  const titles: string[] = [];
  let at: FunctionReturnType<Lists> | undefined;
  while (!at?.isDone) {
    const cursor = at?.continueCursor ?? null;
    at = await world
      .client(who)
      .query(list, { paginationOpts: { numItems: 100, cursor } });
    titles.push(...at.page.map(({ title }) => title));
  }
  return titles.sort();
}
