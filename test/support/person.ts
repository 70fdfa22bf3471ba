/**
 * A person of whom there is much, and a look into every table.
 */
import { getDocumentSize } from "convex/values";
import { indexTables } from "../../dev/deployment/core/tables.js";
import type { Id } from "../../src/component/_generated/dataModel.js";
import schema from "../../src/component/schema.js";
import { Docs } from "../../src/client/index.js";
import { inComponent } from "./component.js";
import {
  components,
  deploy,
  fields,
  identify,
  type Deployment,
} from "./host.js";

/** Stands in no other text. */
export const PERSON = "person|mallory";
export const MAIL = "email:mallory@example.com";
export const START = 1_800_000_000_000;

export const options = {
  fields,
  identify,
  sharing: true,
  trash: true,
  history: { coalesce: false },
  views: { byTitle: { by: ["title"] } },
} as const;
export const docs = new Docs(components.docs, options);
export const system = docs.asSystem("test");
const publishing = new Docs(components.docs, { ...options, workingCopy: true });

/** A deployment whose tables stay fast, however much there is. */
export function deployLarge(): Deployment {
  const t = deploy();
  indexTables(t, "docs");
  return t;
}

type Table = keyof typeof schema.tables;

/** Every row of every table, read in as many transactions as it takes. */
export async function everything(
  t: Deployment,
): Promise<Record<Table, Record<string, unknown>[]>> {
  const found = {} as Record<Table, Record<string, unknown>[]>;
  for (const table of Object.keys(schema.tables) as Table[]) {
    found[table] = [];
    for (let after = -1; ;) {
      const rows = await inComponent(t, async (ctx) => {
        const some = [];
        let bytes = 0;
        const behind = ctx.db
          .query(table)
          .withIndex("by_creation_time", (q) => q.gt("_creationTime", after));
        for await (const row of behind) {
          some.push(row);
          bytes += getDocumentSize(row);
          if (bytes > 2e6 || some.length >= 5_000) break;
        }
        return some;
      });
      const last = rows.at(-1);
      if (!last) break;
      after = last._creationTime;
      found[table].push(...rows);
    }
  }
  return found;
}

/** Where a text stands: the table and the row. */
export async function traces(t: Deployment, text: string): Promise<string[]> {
  const found = await everything(t);
  return Object.entries(found).flatMap(([table, rows]) =>
    rows
      .filter((row) => JSON.stringify(row).includes(text))
      .map((row) => `${table} ${JSON.stringify(row)}`),
  );
}

/** Documents of the person, of which every fifth is in the trash, each with so many revisions. */
export async function fillPerson(
  t: Deployment,
  documents: number,
  revisions: number,
): Promise<string[]> {
  const ids: string[] = [];
  const perCall = Math.max(1, Math.floor(1_500 / (revisions + 1)));
  while (ids.length < documents) {
    const count = Math.min(perCall, documents - ids.length);
    const from = ids.length;
    const some = await inComponent(t, async (ctx) => {
      const made: string[] = [];
      for (let n = from; n < from + count; n += 1) {
        const trashed = n % 5 === 4;
        const content = { title: `T${n}`, content: "" };
        const id = await ctx.db.insert("documents", {
          ownerId: PERSON,
          status: "draft",
          isPublic: false,
          trashed,
          ...(trashed ? { deletedAt: START } : {}),
          version: revisions + 1,
          updatedAt: START + (n % 7),
          fields: content,
          head: {
            version: revisions + 1,
            by: PERSON,
            at: START,
            since: START,
            kind: "edit",
            n: revisions,
          },
        });
        made.push(id);
        await revise(ctx, id, revisions, [PERSON]);
      }
      return made;
    });
    ids.push(...some);
  }
  return ids;
}

/** Revisions of a document, whose authors take turns. */
export async function revise(
  ctx: Parameters<Parameters<typeof inComponent>[1]>[0],
  documentId: Id<"documents">,
  count: number,
  authors: string[],
  after = 0,
) {
  for (let n = after + 1; n <= after + count; n += 1) {
    await ctx.db.insert("revisions", {
      documentId,
      version: n,
      upTo: n,
      by: authors[n % authors.length]!,
      at: START,
      kind: "edit",
      n,
      bytes: 20,
      fields: { title: `V${n}`, content: "" },
    });
  }
}

/**
 * A person with everything that there can be: documents, roles in both directions, contributions in others' documents, a name of
 * theirs, a rule of retention, bulk operations, a plan.
 */
export async function populate(
  t: Deployment,
  documents: number,
  revisions: number,
  inOthers = 4,
) {
  const as = (subject: string) => t.withIdentity({ subject });
  const [mallory, ada] = [as(PERSON), as("ada")];
  const own = await fillPerson(t, documents, revisions);
  for (const id of own.slice(0, 3)) {
    await mallory.mutation((ctx) =>
      docs.share(ctx, { id, principal: "ada", role: "editor" }),
    );
    await ada.mutation((ctx) => docs.update(ctx, { id, title: "by Ada" }));
  }
  const others: string[] = [];
  for (let n = 0; n < inOthers; n += 1) {
    const { id } = await ada.mutation((ctx) =>
      docs.create(ctx, { title: `Ada's ${n}`, content: "" }),
    );
    others.push(id);
    await ada.mutation((ctx) =>
      docs.share(ctx, {
        id,
        members: [
          { principal: PERSON, role: "manager" },
          { principal: MAIL, role: "viewer" },
          { principal: "bob", role: "editor" },
        ],
      }),
    );
    await mallory.mutation((ctx) =>
      docs.share(ctx, { id, principal: "cy", role: "viewer" }),
    );
    for (const title of ["a", "b"]) {
      await mallory.mutation((ctx) => docs.update(ctx, { id, title }));
      if (n % 2 === 0)
        await as("bob").mutation((ctx) =>
          docs.update(ctx, { id, title: `${title} by Bob` }),
        );
    }
  }
  // What was theirs and is another's.
  const { id: given } = await mallory.mutation((ctx) =>
    docs.create(ctx, { title: "Given", content: "" }),
  );
  await mallory.mutation((ctx) => docs.update(ctx, { id: given, title: "G" }));
  await mallory.mutation((ctx) => docs.transfer(ctx, { id: given, to: "bob" }));
  await t.mutation((ctx) =>
    system.setRetention(ctx, {
      ownerId: PERSON,
      status: "draft",
      olderThan: "never",
    }),
  );
  await mallory.mutation((ctx) =>
    docs.startBulk(ctx, {
      ids: [others[0]!],
      operation: "update",
      updates: { summary: "in bulk" },
    }),
  );
  await mallory.mutation((ctx) =>
    publishing.schedule(ctx, {
      id: others[1]!,
      action: "publish",
      at: START + 365 * 24 * 60 * 60_000,
    }),
  );
  return { own, others, given, mallory, ada };
}
