/**
 * What is in the tables, past every check of ours.
 */
import type { GenericDataModel, GenericMutationCtx } from "convex/server";
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

/** Every document of a mount. */
export async function rows(t: Deployment, mount = "docs"): Promise<Row[]> {
  return (await inComponent(
    t,
    (ctx) => ctx.db.query("documents").collect(),
    mount,
  )) as Row[];
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
export async function fill(t: Deployment, ownerId: string, count: number) {
  await inComponent(t, async (ctx) => {
    for (let n = 0; n < count; n++) {
      await ctx.db.insert("documents", {
        ownerId,
        status: "draft",
        isPublic: false,
        trashed: false,
        version: 1,
        updatedAt: 1,
        fields: { title: `${ownerId} ${n}`, content: "" },
      });
    }
  });
}
