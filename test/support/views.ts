/**
 * A host with views of every kind, random writes to its documents, and an oracle: all rows of the table, sorted in memory.
 */
import * as fc from "fast-check";
import { compareValues, convexToJson, v, type Value } from "convex/values";
import { expect } from "vitest";
import { Docs } from "../../src/client/index.js";
import { getDocsError } from "../../src/errors/index.js";
import {
  contentFor,
  entriesOf,
  SCOPES,
  type Source,
} from "../../src/model/views/entries.js";
import { viewDefinitions } from "../../src/client/views.js";
import {
  foldText,
  keyNames,
  keysOf,
  partOf,
  type KeptView,
  type ViewDefinition,
} from "../../src/shared/views.js";
import { components, identify, type Deployment } from "./host.js";
import { bigints, numbers, texts } from "./keys.js";
import { inComponent, rows } from "./stored.js";

export const fields = {
  title: v.string(),
  projectId: v.string(),
  dueAt: v.optional(v.union(v.number(), v.null())),
  rank: v.optional(v.union(v.string(), v.int64(), v.boolean(), v.number())),
  tags: v.optional(v.array(v.string())),
  slug: v.optional(v.string()),
};
export const views = {
  byProject: ["projectId", "dueAt"],
  byTag: { each: "tags", by: ["updatedAt"], public: true },
  board: { by: ["status", "rank"], public: true },
  byTitle: { by: ["title"], fold: ["title"] },
  slug: { by: ["slug"], unique: true },
} as const;

export const docs = new Docs(components.docs, {
  fields,
  identify,
  views,
  trash: true,
});
/** The same host before it declared views. */
export const plain = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
});
const definitions = viewDefinitions(fields, views);

export const USERS = ["ada", "bob", "cleo"] as const;

/* Writes. */

const own = fc.record(
  {
    title: texts,
    projectId: fc.constantFrom("p", "q"),
    dueAt: fc.oneof(numbers, fc.constant(null)),
    rank: fc.oneof(texts, numbers, fc.boolean(), bigints),
    tags: fc.array(fc.constantFrom("u", "v", "w", ""), { maxLength: 3 }),
    slug: fc.constantFrom("s", "t", "u"),
  },
  { requiredKeys: ["title", "projectId"] },
);
const stage = fc.record(
  {
    status: fc.constantFrom(
      "draft" as const,
      "published" as const,
      "archived" as const,
    ),
    isPublic: fc.boolean(),
  },
  { requiredKeys: [] },
);

export const steps = fc.record({
  verb: fc.constantFrom(
    "create",
    "create",
    "update",
    "update",
    "remove",
    "restore",
    "purge",
    "transfer",
    "batch",
  ),
  who: fc.constantFrom(...USERS),
  to: fc.constantFrom(...USERS),
  at: fc.nat(30),
  own,
  stage,
  /** Whether code without views does it. */
  isPlain: fc.boolean(),
});
export type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** Makes one write. What is refused has changed nothing. */
export async function act(
  t: Deployment,
  ids: string[],
  { verb, who, to, at, own, stage, isPlain }: Step,
): Promise<void> {
  const host = isPlain ? plain : docs;
  const as = host.as(who) as ReturnType<typeof plain.as>;
  const id = ids[at % Math.max(1, ids.length)] ?? "none";
  try {
    await t.mutation(async (ctx) => {
      switch (verb) {
        case "create":
          ids.push((await as.create(ctx, { ...own, ...stage })).id);
          return;
        case "batch": {
          const items = [own, { ...own, ...stage }];
          const made = await as.batchCreate(ctx, { mode: "partial", items });
          for (const one of made.results) if (one.ok) ids.push(one.id);
          return;
        }
        case "update":
          await as.update(ctx, { id, ...own, ...stage });
          return;
        case "transfer":
          await as.transfer(ctx, { id, to });
          return;
        default:
          await as[verb](ctx, { id });
      }
    });
  } catch (error) {
    if (!getDocsError(error)) throw error;
  }
}

/* Questions. */

export type Question = {
  view: ViewDefinition;
  where: Record<string, unknown>;
  order: "asc" | "desc";
  size: number;
  who: (typeof USERS)[number];
  isPublic: boolean;
};

const short = texts.filter(
  (text) => text.length < 256 && foldText(text).length < 256,
);
const real = numbers.filter((number) => !Number.isNaN(number));
const values: Record<string, fc.Arbitrary<unknown>> = {
  status: fc.constantFrom("draft", "published"),
  projectId: fc.constantFrom("p", "q"),
  tags: fc.constantFrom("u", "v", ""),
  updatedAt: fc.integer({ min: 999_990, max: 1_000_100 }),
  title: short,
  slug: fc.constantFrom("s", "t", null),
  dueAt: fc.oneof(real, fc.constant(null)),
  rank: fc.oneof(short, real, fc.boolean(), bigints),
};

const wheres = (view: ViewDefinition) => {
  const names = keyNames(view);
  const least = view.each === undefined ? 0 : 1;
  const one = () => fc.tuple(...names.map((name) => values[name]!));
  return fc
    .tuple(
      fc.integer({ min: least, max: names.length }),
      fc.constantFrom("none", "gte", "gt", "lt", "lte", "both", "startsWith"),
      one(),
      one(),
    )
    .map(([count, kind, first, second]) => {
      const where: Record<string, unknown> = {};
      for (let at = 0; at < count; at++) where[names[at]!] = first[at];
      const [name, a, b] = [names[count], first[count], second[count]];
      if (name === undefined || kind === "none" || a === null) return where;
      if (kind === "both") {
        if (typeof a === typeof b && b !== null)
          where[name] = { gte: a, lt: b };
      } else if (kind !== "startsWith" || typeof a === "string") {
        where[name] = { [kind]: a };
      }
      return where;
    });
};

export const questions: fc.Arbitrary<Question> = fc
  .constantFrom(...definitions)
  .chain((view) =>
    fc.record({
      view: fc.constant(view),
      where: wheres(view),
      order: fc.constantFrom("asc" as const, "desc" as const),
      size: fc.integer({ min: 1, max: 4 }),
      who: fc.constantFrom(...USERS),
      isPublic: fc
        .boolean()
        .map((isPublic) => isPublic && view.public === true),
    }),
  );

/** One page, as the reader of a question asks for it. */
export async function page(
  t: Deployment,
  question: Question,
  cursor: string | null,
  endCursor: string | null = null,
) {
  return await t.query((ctx) => askPage(ctx, question, cursor, endCursor));
}

/** The same, inside a query. */
export async function askPage(
  ctx: Parameters<typeof docs.list>[0],
  { view, where, order, size, who, isPublic }: Question,
  cursor: string | null,
  endCursor: string | null,
) {
  const paginationOpts = { numItems: size, cursor, endCursor };
  const args = { view: view.name, where, order, paginationOpts } as never;
  return await (isPublic
    ? docs.listPublic(ctx, args)
    : docs.as(who).list(ctx, args));
}

/** All pages: the ids in order, and the cursors between the pages. */
export async function pages(t: Deployment, question: Question) {
  const ids: string[] = [];
  const cursors: (string | null)[] = [null];
  for (;;) {
    const one = await page(t, question, cursors.at(-1)!);
    ids.push(...one.page.map(({ _id }) => _id));
    cursors.push(one.continueCursor);
    if (one.isDone) return { ids, cursors };
  }
}

/* The oracle. */

type Row = Source & { _id: string };

/** The ids that a question finds. */
export function answer(
  all: Row[],
  { view, where, order, who, isPublic }: Question,
) {
  const sign = order === "asc" ? 1 : -1;
  return all
    .flatMap((row) => {
      const content = contentFor(isPublic ? "public" : "own", row);
      if (content === null || (!isPublic && row.ownerId !== who)) return [];
      return keysOf(view, content).map((parts) => ({
        key: [...parts, row._id] as Value[],
        id: row._id,
      }));
    })
    .filter(({ key }) => meets(view, where, key))
    .sort((a, b) => sign * compareValues(a.key, b.key))
    .map(({ id }) => id);
}

/** Each condition asked of the parts of a key, without ranges. */
function meets(
  view: ViewDefinition,
  where: Record<string, unknown>,
  key: readonly unknown[],
): boolean {
  return keyNames(view).every((name, at) => {
    if (!(name in where)) return true;
    const fold = view.fold?.includes(name);
    const part = key[at] as Value;
    const condition = where[name];
    if (typeof condition !== "object" || condition === null) {
      return compareValues(part, partOf(condition, fold)) === 0;
    }
    return Object.entries(condition).every(([side, bound]) => {
      const value = partOf(bound, fold) as Value;
      if (typeof part !== typeof value) return false;
      if (side === "startsWith") {
        return (part as string).startsWith(value as string);
      }
      const distance = compareValues(part, value);
      return {
        gt: distance > 0,
        gte: distance >= 0,
        lt: distance < 0,
        lte: distance <= 0,
      }[side];
    });
  });
}

/* What is stored. */

type StoredEntry = {
  view: string;
  scope: string;
  key: Value[];
  documentId: string;
};
type Registry = {
  views: { id: string; definition: string; ready: boolean }[];
};

export async function stored(t: Deployment) {
  const all = (await rows(t)) as unknown as Row[];
  const { registry, entries } = await inComponent(t, async (ctx) => ({
    registry: (await ctx.db
      .query("viewSets")
      .first()) as unknown as Registry | null,
    entries: (await ctx.db
      .query("entries")
      .collect()) as unknown as StoredEntry[],
  }));
  return { all, registry, entries };
}

/** Checks that every ready view has exactly the entries that the rows ask for. */
export async function expectExactEntries(t: Deployment): Promise<void> {
  const { all, registry, entries } = await stored(t);
  const ready = (registry?.views ?? []).filter((view) => view.ready);
  const kept = ready.map(({ id, definition }): KeptView => ({
    ...(JSON.parse(definition) as ViewDefinition),
    id,
  }));
  const wanted = all.flatMap((row) =>
    entriesOf(kept, row).map(({ view, scope, key }) =>
      named({ view, scope, key: [...key, row._id], documentId: row._id }),
    ),
  );
  const ids = new Set(ready.map(({ id }) => id));
  const there = entries.filter(({ view }) => ids.has(view)).map(named);
  expect(there.sort()).toEqual(wanted.sort());
  for (const { scope, documentId } of entries) {
    const row = all.find(({ _id }) => _id === documentId)!;
    expect(row.deletedAt).toBeUndefined();
    if (scope === SCOPES.public) {
      expect([row.isPublic, row.status]).toEqual([true, "published"]);
    } else expect(scope).toBe(SCOPES.own(row.ownerId));
  }
}

function named({ view, scope, key, documentId }: StoredEntry): string {
  const parts = key.map((part) => [
    typeof part,
    JSON.stringify(convexToJson(part)),
  ]);
  return JSON.stringify([view, scope, parts, documentId]);
}
