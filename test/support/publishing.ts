/**
 * Hosts with a working copy, and what everybody sees.
 */
import { Docs } from "../../src/client/index.js";
import {
  components,
  fields,
  identify,
  people,
  type Caller,
  type Deployment,
} from "./host.js";
import { inComponent } from "./component.js";

/** Documents with a working copy. Every edit makes its own revision. */
export const docs = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  search: ["title"],
  sharing: true,
  history: { coalesce: false },
  workingCopy: true,
});
/** The same host before it had one, or after. */
export const without = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  search: ["title"],
  sharing: true,
  history: { coalesce: false },
});

/** A published, public document of Ada's, titled "Live". */
export async function publish(
  t: Deployment,
  args: object = {},
): Promise<string> {
  const { id } = await people(t).ada.mutation((ctx) =>
    docs.create(ctx, {
      title: "Live",
      content: "",
      status: "published",
      isPublic: true,
      ...args,
    }),
  );
  return id;
}

/** A change by Ada. */
export const edit = (
  t: Deployment,
  id: string,
  change: object,
  host: Pick<typeof docs, "update"> = docs,
) => people(t).ada.mutation((ctx) => host.update(ctx, { id, ...change }));

type Reader = Pick<typeof docs, "get" | "listPublic" | "search">;

/** All that somebody is shown of a document by the ways that are open to everybody. */
export async function shown(
  who: Caller | Deployment,
  id: string,
  host: Reader = docs,
) {
  const paginationOpts = { numItems: 100, cursor: null };
  const [document, listed, found] = await Promise.all([
    who.query((ctx) => host.get(ctx, { id })),
    who.query((ctx) => host.listPublic(ctx, { paginationOpts })),
    who.query((ctx) =>
      host.search(ctx, { query: "Live Draft", scope: "public" }),
    ),
  ]);
  const mine = ({ _id }: { _id: string }) => _id === id;
  return {
    document,
    listed: listed.page.filter(mine),
    order: listed.page.map(({ _id }) => _id),
    found: found.filter(mine),
  };
}

/** The stored rows. */
export async function stored(t: Deployment) {
  return await inComponent(t, async (ctx) => ({
    documents: await ctx.db.query("documents").collect(),
    publications: await ctx.db.query("publications").collect(),
    entries: await ctx.db.query("entries").collect(),
  }));
}
