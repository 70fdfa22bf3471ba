/**
 * A document that is edited while others read it: what they see until it is published, and what it was before.
 *
 * @module
 */
import { api } from "../../example/convex/_generated/api.js";
import { expect, refused, watch, type Stage } from "./stage.js";

const { documents } = api;
const firstPage = { numItems: 20, cursor: null };

export async function showPublishing({
  ada,
  grace,
  visitor,
  step,
}: Stage): Promise<void> {
  const { id } = await ada.http.mutation(documents.create, {
    title: "On looms",
    content: "The loom weaves flowers and leaves.",
    status: "published",
    isPublic: true,
  });
  // Grace reads along: each answer that she gets is told here.
  let answers = 0;
  const graces = watch(grace.live, documents.get, { id });
  const stop = grace.live.onUpdate(documents.get, { id }, () => answers++);
  await graces.until((document) => document !== null);
  const read = async () =>
    (await visitor.query(documents.get, { id }))?.content;

  await step(
    "Ada edits what is published, five times: readers see what was",
    async () => {
      await ada.http.mutation(documents.update, { id, content: "The loom: 1" });
      const first = answers;
      for (const n of [2, 3, 4, 5]) {
        const content = `The loom weaves algebra, draft ${n}.`;
        await ada.http.mutation(documents.update, { id, content });
      }
      const [page, found, own] = await Promise.all([
        visitor.query(documents.listPublic, { paginationOpts: firstPage }),
        visitor.query(documents.search, { query: "algebra", scope: "public" }),
        ada.http.query(documents.get, { id }),
      ]);
      const listed = page.page.find(({ _id }) => _id === id)?.content;
      const again = answers - first;
      return { seen: [await read(), listed], found, own, again };
    },
    ({ seen, found, own, again }) => {
      const old = "The loom weaves flowers and leaves.";
      expect(
        seen.every((content) => content === old) && found.length === 0,
        "a reader sees what is not published",
      );
      expect(own?.hasDraft === true, "Ada does not see her edit");
      expect(again === 0, `Grace was told ${again} times of edits`);
      return `${seen[0]}\nAda: ${own?.content}\nafter the first edit, Grace's live query ran for none of them`;
    },
  );
  await step(
    "She publishes it, and Grace sees it at once",
    async () => {
      await ada.http.mutation(documents.publish, { id });
      return await graces.until((document) =>
        Boolean(document?.content.includes("algebra")),
      );
    },
    (document) => document?.content ?? "",
  );
  await step(
    "She edits it once more, and goes back to what is published",
    async () => {
      await ada.http.mutation(documents.update, { id, content: "…" });
      await ada.http.mutation(documents.discardDraft, { id });
      return await ada.http.query(documents.get, { id });
    },
    (document) => {
      expect(document?.hasDraft !== true, "it is still ahead");
      return document?.content ?? "";
    },
  );
  await step(
    "Everything it was is in its history, which is not Grace's to see; the first version comes back",
    async () => {
      const history = { id, paginationOpts: firstPage };
      const graces = await grace.http.query(documents.listRevisions, history);
      expect(graces.page.length === 0, "Grace sees the history");
      const { page } = await ada.http.query(documents.listRevisions, history);
      const back = { id, to: 1 };
      await refused("FORBIDDEN", () =>
        grace.http.mutation(documents.revert, back),
      );
      await ada.http.mutation(documents.revert, back);
      await ada.http.mutation(documents.publish, { id });
      return { kinds: page.map(({ kind }) => kind), content: await read() };
    },
    ({ kinds, content }) => {
      expect(kinds.length === 8, `${kinds.length} versions, not 8`);
      expect(content?.includes("flowers") === true, "it has not come back");
      return `${kinds.length} versions, the newest by ${kinds[0]}; readers: ${content}`;
    },
  );
  stop();
  graces.close();
  await ada.http.mutation(documents.remove, { id });
}
