/**
 * Who may see what a document contained.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Docs, type Answer } from "../../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  people,
  type Deployment,
} from "../../support/host.js";
import {
  docs,
  edit,
  first,
  get,
  list,
  make,
  START,
  withHistory,
} from "../../support/history.js";
import { refusal } from "../../support/refusals.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

describe("who may see it", () => {
  const asked = async (
    t: Deployment,
    who: ReturnType<typeof people>["ada"] | Deployment,
    id: string,
    host: Pick<
      typeof docs,
      "listRevisions" | "getRevision" | "revert" | "nameRevision"
    > = docs,
  ) => ({
    page: (
      await who.query((ctx) =>
        host.listRevisions(ctx, { id, paginationOpts: first }),
      )
    ).page.length,
    content: await who.query((ctx) =>
      host.getRevision(ctx, { id, version: 1 }),
    ),
    revert: (
      await refusal(who.mutation((ctx) => host.revert(ctx, { id, to: 1 })))
    ).code,
    name: (
      await refusal(
        who.mutation((ctx) =>
          host.nameRevision(ctx, { id, version: 1, name: "x" }),
        ),
      )
    ).code,
  });
  const nothing = { page: 0, content: null };

  test("missing and not allowed answer the same", async () => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    const { bob, nobody } = people(t);
    const hidden = { ...nothing, revert: "NOT_FOUND", name: "NOT_FOUND" };
    expect(await asked(t, bob, id)).toEqual(hidden);
    expect(await asked(t, bob, "no such id")).toEqual(hidden);
    expect(await asked(t, nobody, id)).toEqual({
      ...nothing,
      revert: "UNAUTHORIZED",
      name: "UNAUTHORIZED",
    });
  });

  test("who may only read a public document may not see what it was", async () => {
    const t = deploy();
    const id = await make(t, { status: "published", isPublic: true });
    await edit(t, id, { title: "Two" });
    expect(await asked(t, people(t).bob, id)).toEqual({
      ...nothing,
      revert: "FORBIDDEN",
      name: "FORBIDDEN",
    });
  });

  test.each<[string, (operation: string) => Answer, boolean]>([
    ["a yes to everything is no role, and shows nothing", () => true, false],
    ["an editor for both sees it", () => "editor", true],
    [
      "a viewer of the history does not",
      (operation) => (operation === "history" ? "viewer" : "editor"),
      false,
    ],
    [
      "nor does who may see it but not update",
      (operation) => (operation === "history" ? "owner" : "viewer"),
      false,
    ],
  ])("by access: %s", async (_, answer, sees) => {
    const t = deploy();
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    const host = new Docs(components.docs, {
      fields,
      identify,
      history: { coalesce: false },
      access: (_ctx: object, { operation }) => answer(operation),
    });
    const { bob } = people(t);
    const { page } = await bob.query((ctx) =>
      host.listRevisions(ctx, { id, paginationOpts: first }),
    );
    expect(page.length > 0).toBe(sees);
    expect(
      (await bob.query((ctx) => host.getRevision(ctx, { id, version: 1 }))) !==
        null,
    ).toBe(sees);
    if (sees) {
      await bob.mutation((ctx) =>
        host.nameRevision(ctx, { id, version: 1, name: "mine" }),
      );
      await bob.mutation((ctx) => host.revert(ctx, { id, to: 1 }));
      expect((await list(t, id)).page[0]).toMatchObject({
        by: "bob",
        kind: "revert",
      });
    } else expect((await asked(t, bob, id, host)).revert).toBe("FORBIDDEN");
  });

  test("a no to the owner is one", async () => {
    const t = deploy();
    const id = await make(t);
    const host = new Docs(components.docs, {
      fields,
      identify,
      history: {},
      access: (_ctx: object, { operation }) => operation !== "history",
    });
    expect(await asked(t, people(t).ada, id, host)).toEqual({
      ...nothing,
      revert: "FORBIDDEN",
      name: "FORBIDDEN",
    });
  });

  test("the trash hides it, and a transfer carries it", async () => {
    const t = deploy();
    const bin = withHistory({ coalesce: false }, true);
    const id = await make(t);
    await edit(t, id, { title: "Two" });
    const { ada, bob } = people(t);
    await ada.mutation((ctx) => bin.remove(ctx, { id }));
    expect(await asked(t, ada, id, bin)).toEqual({
      ...nothing,
      revert: "NOT_FOUND",
      name: "NOT_FOUND",
    });
    await ada.mutation((ctx) => bin.restore(ctx, { id }));
    expect((await get(t, id, 1))?.fields["title"]).toBe("One");
    await ada.mutation((ctx) => bin.transfer(ctx, { id, to: "bob" }));
    expect(await get(t, id, 1)).toBeNull();
    const page = (
      await bob.query((ctx) =>
        docs.listRevisions(ctx, { id, paginationOpts: first }),
      )
    ).page;
    expect(page.map(({ version }) => version)).toEqual([2, 1]);
  });
});
