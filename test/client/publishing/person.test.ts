/**
 * What is published of a document is its owner's too, and is not forgotten behind everybody's back.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { START } from "../../support/history.js";
import { deploy, people } from "../../support/host.js";
import { docs, edit, publish, shown } from "../../support/publishing.js";
import { blamed, refused } from "../../support/refusals.js";

const system = docs.asSystem("test");

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

test("a person is given what everybody sees of their document, beside the document", async () => {
  const t = deploy();
  const id = await publish(t);
  const given = async () => {
    const { items } = await t.query((ctx) =>
      system.exportPage(ctx, { userId: "ada" }),
    );
    return items.filter(({ kind }) => kind !== "revision");
  };
  expect(await given()).toMatchObject([{ kind: "document" }]);
  await edit(t, id, { title: "Draft" });
  expect(await given()).toMatchObject([
    { kind: "document", document: { title: "Draft" } },
    {
      kind: "publication",
      documentId: id,
      publication: { fields: { title: "Live" } },
    },
  ]);
});

test("a content that everybody sees is not forgotten until something else is published", async () => {
  const t = deploy();
  const id = await publish(t, { title: "Live key" });
  await edit(t, id, { title: "Live" });
  const forget = () =>
    t.mutation((ctx) => system.forgetRevision(ctx, { id, version: 1 }));
  expect(blamed(await refused(t, forget))).toEqual(["version"]);
  await people(t).ada.mutation((ctx) => docs.publish(ctx, { id }));
  await forget();
  expect((await shown(people(t).nobody, id)).document?.title).toBe("Live");
  const left = await t.query((ctx) =>
    system.getRevision(ctx, { id, version: 1 }),
  );
  expect(left).toBeNull();
});
