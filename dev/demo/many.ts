/**
 * Many documents: batches, search, trash, and a bulk operation with live progress.
 *
 * @module
 */
import { api } from "../../example/convex/_generated/api.js";
import { expect, refused, watch, type Stage } from "./stage.js";

const { documents } = api;
const BATCHES = 5;
const PER_BATCH = 100;

export async function showMany({ ada, grace, step }: Stage): Promise<void> {
  const ids = await step(
    `Ada creates ${BATCHES * PER_BATCH} documents, ${PER_BATCH} in each call`,
    async () => {
      const created: string[] = [];
      for (let batch = 0; batch < BATCHES; batch++) {
        const items = Array.from({ length: PER_BATCH }, (_, n) => ({
          title: `Page ${batch * PER_BATCH + n}`,
          content: n === 42 ? "The answer stands here." : "…",
        }));
        const { results } = await ada.http.mutation(documents.batchCreate, {
          items,
        });
        created.push(...results.flatMap((item) => (item.ok ? item.id : [])));
      }
      return created;
    },
    ({ length }) => `${length} created`,
  );
  const few = ids.slice(0, 3);
  await step(
    "Grace sends a batch with one of Ada's: all or nothing, and told which",
    async () => {
      const { id } = await grace.http.mutation(documents.create, {
        title: "Compiler",
        content: "",
      });
      return await refused("BATCH_FAILED", () =>
        grace.http.mutation(documents.batchUpdate, {
          ids: [id, few[0] ?? ""],
          updates: { status: "archived" },
        }),
      );
    },
    ({ errors }) =>
      errors.map(({ index, error }) => `item ${index}: ${error.code}`).join(),
  );
  await step(
    "Ada sends a batch with a duplicate and a stranger's id, in partial mode",
    () =>
      ada.http.mutation(documents.batchUpdate, {
        ids: [...few, few[0] ?? "", "nobody"],
        updates: { status: "published" },
        mode: "partial",
      }),
    ({ results, succeeded, failed }) => {
      expect(succeeded === 3 && failed === 2, "not three of five");
      const codes = results.map((item) => (item.ok ? "ok" : item.error.code));
      return codes.join(", ");
    },
  );
  await step(
    "Ada searches for a word",
    () => ada.http.query(documents.search, { query: "answer" }),
    (found) => {
      expect(found.length === BATCHES, "not every match was found");
      return found.map(({ title }) => title).join(", ");
    },
  );
  await step(
    "Ada archives all her drafts in the background and watches the progress",
    async () => {
      const { jobId } = await ada.http.mutation(documents.startBulk, {
        operation: "update",
        updates: { status: "archived" },
        where: { status: "draft" },
      });
      const job = watch(ada.live, documents.bulkStatus, { jobId });
      const seen = new Set<number>();
      const done = await job.until((status) => {
        if (status) seen.add(status.done);
        return status?.state === "done";
      });
      job.close();
      return { done, seen: [...seen] };
    },
    ({ done, seen }) => {
      expect(done?.done === ids.length - few.length, "not every draft");
      return `progress seen: ${seen.join(", ")}`;
    },
  );
  await step(
    "Ada moves three to the trash and brings one back",
    async () => {
      await ada.http.mutation(documents.batchRemove, { ids: few });
      await ada.http.mutation(documents.restore, { id: few[0] ?? "" });
      return await ada.http.query(documents.listTrash, {
        paginationOpts: { numItems: 10, cursor: null },
      });
    },
    ({ page }) => {
      const trashed = page.filter(({ _id }) => few.includes(_id));
      expect(trashed.length === 2, "not two in the trash");
      return `in the trash: ${trashed.map(({ title }) => title).join(", ")}`;
    },
  );
}
