/**
 * What is in the tables, past every check of ours.
 */
import type { GenericDataModel, GenericMutationCtx } from "convex/server";
import { getDocumentSize } from "convex/values";
import type { Deployment } from "./host.js";

type Row = Record<string, unknown> & { _id: string };

/** convex-test has this on every deployment and leaves it out of its types. */
type InComponent = {
  runInComponent: <Result>(
    path: string,
    run: (ctx: GenericMutationCtx<GenericDataModel>) => Promise<Result>,
  ) => Promise<Result>;
};

/** Runs inside a mount of the component. */
export async function inComponent<Result>(
  t: Deployment,
  run: (ctx: GenericMutationCtx<GenericDataModel>) => Promise<Result>,
  mount = "docs",
): Promise<Result> {
  const { runInComponent } = t as unknown as InComponent;
  return await runInComponent(mount, run);
}

/** Bytes to read in one transaction: no limit that a test sets is lower. */
const CHUNK = 1024 * 1024;

/** Every document of a mount, in the order of creation. Read in as many transactions as it takes. */
export async function rows(t: Deployment, mount = "docs"): Promise<Row[]> {
  const all: Row[] = [];
  for (let after = -1; ;) {
    const { found, more } = await inComponent(
      t,
      (ctx) => chunk(ctx, after),
      mount,
    );
    all.push(...found);
    if (!more) return all;
    after = Number(found.at(-1)!["_creationTime"]);
  }
}

async function chunk(ctx: GenericMutationCtx<GenericDataModel>, after: number) {
  const found: Row[] = [];
  let bytes = 0;
  const behind = ctx.db
    .query("documents")
    .withIndex("by_creation_time", (q) => q.gt("_creationTime", after));
  for await (const row of behind) {
    if (bytes > CHUNK) return { found, more: true };
    found.push(row as unknown as Row);
    bytes += getDocumentSize(row);
  }
  return { found, more: false };
}

/** One document of a mount, as stored. */
export async function row(t: Deployment, id: string): Promise<Row | undefined> {
  return (await rows(t)).find(({ _id }) => _id === id);
}

/** Every document, and everything of the host's own: to compare before and after. */
export async function contents(t: Deployment) {
  const audit = await t.run((ctx) => ctx.db.query("audit").collect());
  return { documents: await rows(t), audit };
}

/** Puts many private drafts of one owner there at once, all changed last in the same millisecond. */
export async function fill(
  t: Deployment,
  ownerId: string,
  count: number,
  content = "",
): Promise<string[]> {
  const perCall = Math.max(1, Math.floor(CHUNK / (content.length + 100)));
  const ids: string[] = [];
  while (ids.length < count) {
    const few = Math.min(perCall, count - ids.length);
    ids.push(...(await fillSome(t, ownerId, few, content)));
  }
  return ids;
}

async function fillSome(
  t: Deployment,
  ownerId: string,
  count: number,
  content: string,
): Promise<string[]> {
  return await inComponent(t, async (ctx) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const id = await ctx.db.insert("documents", {
        ownerId,
        status: "draft",
        isPublic: false,
        trashed: false,
        version: 1,
        updatedAt: 1,
        fields: { title: `${ownerId} ${n}`, content },
      });
      ids.push(id);
    }
    return ids;
  });
}
