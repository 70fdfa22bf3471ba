/**
 * A view of documents that are there already: its lists before, during and after its build, and what its removal leaves.
 *
 * @module
 */
import { anyApi, type ApiFromModules } from "convex/server";
import { fileURLToPath } from "node:url";
import { api } from "../../example/convex/_generated/api.js";
import { DEMO_ISSUER, demoUsers, type DemoUserName } from "../auth.js";
import type { Example } from "../example.js";
import type * as drawers from "./next/drawers.js";
import {
  expect,
  refused,
  watch,
  whole,
  type Stage,
  type User,
} from "./stage.js";

/** What the next deploy adds to the app. */
export const NEXT = fileURLToPath(new URL("./next", import.meta.url));
const { documents, operations } = api;
/** Of the next deploy. */
const { create, update, remove, list } = (
  anyApi as unknown as ApiFromModules<{ drawers: typeof drawers }>
).drawers;
const VIEW = "drawer";

/** From here on, a mutation that collects them all and changes each fails: it may read 32,000, and a change reads as well. */
const EXISTING = 20_000;
/** They are due for the clean-up that the next section shows. */
const OLD_MS = 31 * 24 * 60 * 60 * 1000;
/** Of Ada's among them: few enough for a list that is computed. */
const ADAS = 300;
/** Of Grace's: too many for that. */
const GRACES = 2_000;
const PER_SEED = 2_000;
/** How long a build, or a removal, of so many may take on a busy machine (ms). */
const BUILD_MS = 240_000;
/** Documents that a build sees between two looks at a list. */
const PER_LOOK = 2_500;
/** As many as a page may have. */
const PAGE = 100;

export async function showViews({
  deployment,
  ada,
  grace,
  step,
}: Stage): Promise<void> {
  await step(
    `There are ${whole(EXISTING)} drafts, last changed 31 days ago, ${ADAS} of them Ada's; the next deploy wants them by title`,
    () => seed(deployment, { ada: ADAS, grace: GRACES }),
    () => "written directly, because the demo cannot wait a month",
  );
  await step(
    "Before its build, Ada's list is computed from her documents; Grace has too many for that",
    async () => {
      const { code } = await refused("VIEW_BUILDING", () => first(grace));
      return { code, compared: await compare(ada) };
    },
    ({ code, compared }) => `Ada: ${right(compared)}\nGrace: ${code}`,
  );
  await step(
    "The operator starts the build; Ada goes on writing, and looks at her list each time",
    () => build(deployment, ada),
    ({ seen, compared, written }) => {
      expect(seen.length > 10, "no progress on the operations page");
      expect(compared.length > 1, "not looked at during the build");
      return [
        `the operations page, live: ${some(seen).map(whole).join(", ")} documents seen`,
        `Ada's list, ${compared.length} times, after ${written} writes: ${right(Math.max(...compared))}`,
      ].join("\n");
    },
  );
  await step(
    "Afterwards both lists come from the view",
    async () => [await compare(ada), await compare(grace)],
    ([adas = 0, graces = 0]) => `Ada: ${right(adas)}\nGrace: ${right(graces)}`,
  );
  await step(
    "The deploy after that takes it back, and the operator removes what it leaves",
    async () => {
      const before = await places(deployment);
      const freed = await drop(ada);
      return { before, freed, after: await places(deployment) };
    },
    ({ before, freed, after }) => {
      expect(before >= EXISTING, "no place for each document");
      expect(freed.length > 5, "no progress on the operations page");
      expect(after === 0, `${after} places are left`);
      return [
        `the operations page, live: ${some(freed).map(whole).join(", ")} places freed`,
        `${whole(before)} places before, ${after} after`,
      ].join("\n");
    },
  );
}

/** At most eight of them, evenly. */
function some(counts: number[]): number[] {
  const each = Math.ceil(counts.length / 8);
  return counts.filter((_, index) => index % each === 0);
}

function right(count: number): string {
  return `${whole(count)} documents, each once, in order`;
}

/** Starts the build, and looks at a list until it is over: how far the build was each time, and what was there. */
async function build(deployment: Example, ada: User) {
  const views = watch(ada.live, operations.views, {});
  const seen = new Set<number>();
  /** Waits until the build has seen so many documents, or is over: then `false`. */
  const isAt = async (documents: number) => {
    const all = await views.until((now) => {
      const view = now.find(({ name }) => name === VIEW);
      if (view?.state === "building") seen.add(view.documents);
      return view?.state === "ready" || (view?.documents ?? 0) >= documents;
    }, BUILD_MS);
    return all.every(({ name, state }) => name !== VIEW || state !== "ready");
  };
  await deployment.call("drawers:buildViews");
  const compared: number[] = [];
  const own: string[] = [];
  let written = 0;
  for (let at = 0; await isAt(at); at += PER_LOOK) {
    written += await write(ada, own);
    compared.push(await compare(ada));
  }
  views.close();
  return { seen: [...seen], compared, written };
}

/** Somebody who goes on working: a new document, another title, one that goes. Returns how many writes that were. */
async function write({ live }: User, own: string[]): Promise<number> {
  const [oldest] = own;
  // Here and there among the others.
  const title = `Sheet ${(own.length * 7919) % 1_000} b`;
  const { id } = await live.mutation(create, { title, content: "" });
  own.push(id);
  if (!oldest) return 1;
  await live.mutation(update, { id: oldest, title: `Aside ${own.length}` });
  if (own.length < 4) return 2;
  await live.mutation(remove, { id: oldest });
  own.shift();
  return 3;
}

/** Throws unless the view's list is the user's documents by title. Returns how many they are. */
async function compare({ live }: User): Promise<number> {
  const inView = await all((paginationOpts) =>
    live.query(list, {
      view: VIEW,
      where: { status: "draft" },
      paginationOpts,
    }),
  );
  const own = await all((paginationOpts) =>
    live.query(documents.list, { paginationOpts }),
  );
  const expected = own
    .filter(({ status }) => status === "draft")
    .sort(
      (a, b) =>
        compareTexts(a.title, b.title) || a._creationTime - b._creationTime,
    );
  const told = inView.map(({ _id }) => _id).join();
  expect(
    told === expected.map(({ _id }) => _id).join(),
    `the view lists ${inView.length} documents, not ${expected.length} in order`,
  );
  return inView.length;
}

/** As the database compares texts: by bytes of UTF-8, which for these titles are their units. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function first({ live }: User): Promise<unknown> {
  const paginationOpts = { numItems: 1, cursor: null };
  const where = { status: "draft" as const };
  return await live.query(list, { view: VIEW, where, paginationOpts });
}

type Page<T> = { page: T[]; isDone: boolean; continueCursor: string };

/** Every page of a list. */
async function all<T>(
  ask: (options: {
    numItems: number;
    cursor: string | null;
  }) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  for (;;) {
    const answer: Page<T> = await ask({ numItems: PAGE, cursor });
    found.push(...answer.page);
    if (answer.isDone) return found;
    cursor = answer.continueCursor;
  }
}

/** Removes the view, and waits until the operations page does not show it any more. Returns how far that was each time. */
async function drop({ live }: User): Promise<number[]> {
  const freed = new Set<number>();
  const views = watch(live, operations.views, {});
  await live.mutation(operations.dropView, { view: VIEW });
  await views.until((all) => {
    const view = all.find(({ name }) => name === VIEW);
    if (view?.state === "removing") freed.add(view.entries);
    return view === undefined;
  }, BUILD_MS);
  views.close();
  return [...freed];
}

/** The places that documents have in the view. */
async function places({ engine }: Example): Promise<number> {
  return await engine.run(async ({ db }) => {
    let count = 0;
    for await (const entry of db.query("entries")) {
      const { view } = entry as unknown as { view: string };
      if (view.startsWith(`${VIEW}.`)) count++;
    }
    return count;
  }, "docs");
}

/** @param own how many are of each of these users; the rest are another one's */
async function seed(
  { engine }: Example,
  own: Partial<Record<DemoUserName, number>>,
): Promise<void> {
  const entries = Object.entries(own) as [DemoUserName, number][];
  const owners = entries.flatMap(([name, count]) =>
    Array.from({ length: count }, () => `${DEMO_ISSUER}|${demoUsers[name].id}`),
  );
  const updatedAt = Date.now() - OLD_MS;
  for (let from = 0; from < EXISTING; from += PER_SEED) {
    await engine.run(async ({ db }) => {
      for (let n = from; n < from + PER_SEED; n++) {
        await db.insert("documents", {
          ownerId: owners[n] ?? "demo|someone",
          status: "draft",
          isPublic: false,
          trashed: false,
          version: 1,
          updatedAt: updatedAt + n,
          // Each title many times, and in another order than they were written.
          fields: { title: `Sheet ${(n * 7919) % 1_000}`, content: "…" },
        });
      }
    }, "docs");
  }
}
