/**
 * Owned documents: create, live list, access for others, conflicts, remove.
 *
 * @module
 */
import { api } from "../../example/convex/_generated/api.js";
import { expect, refused, codeAndMessage, watch, type Stage } from "./stage.js";

const { documents } = api;
const firstPage = { numItems: 20, cursor: null };

export async function showDocuments({
  ada,
  grace,
  visitor,
  step,
}: Stage): Promise<void> {
  const adasList = watch(ada.live, documents.list, {
    paginationOpts: firstPage,
  });

  const { id } = await step(
    "Ada creates a document",
    () =>
      ada.http.mutation(documents.create, {
        title: "Analytical engine",
        content: "Notes on the engine.",
      }),
    ({ version }) => `version ${version}, a private draft of Ada's`,
  );
  await step(
    "Her other window, subscribed to her list, sees it without asking",
    () => adasList.until(({ page }) => page.some(({ _id }) => _id === id)),
    ({ page }) =>
      page.map(({ title, status }) => `${title} (${status})`).join(),
  );
  await step(
    "Grace asks for it by its id: it is not there for her",
    () => grace.http.query(documents.get, { id }),
    (document) => {
      expect(document === null, "Grace sees Ada's private document");
      return "null";
    },
  );
  await step(
    "Grace tries to change it: the same answer as for an id that never existed",
    () =>
      refused("NOT_FOUND", () =>
        grace.http.mutation(documents.update, { id, title: "Mine" }),
      ),
    codeAndMessage,
  );
  await step(
    "Ada publishes it, and her other window follows",
    async () => {
      await ada.http.mutation(documents.update, {
        id,
        status: "published",
        isPublic: true,
      });
      return await adasList.until(({ page }) =>
        page.some(({ _id, version }) => _id === id && version === 2),
      );
    },
    ({ page }) =>
      page.map(({ title, status }) => `${title} (${status})`).join(),
  );
  await step(
    "A visitor who is not signed in can read it now",
    () => visitor.query(documents.listPublic, { paginationOpts: firstPage }),
    ({ page }) => {
      expect(page.length === 1, "the visitor does not see one document");
      return page.map(({ title }) => title).join();
    },
  );
  await step(
    "Grace tries to change what she can read now",
    () =>
      refused("FORBIDDEN", () =>
        grace.http.mutation(documents.update, { id, title: "Mine" }),
      ),
    codeAndMessage,
  );
  await step(
    "The visitor tries to create one",
    () =>
      refused("UNAUTHORIZED", () =>
        visitor.mutation(documents.create, { title: "Anon", content: "" }),
      ),
    codeAndMessage,
  );
  await step(
    "Ada edits version 2 in two windows: the second save is a conflict",
    async () => {
      const edit = { id, ifVersion: 2 };
      await ada.http.mutation(documents.update, { ...edit, content: "One." });
      return await refused("CONFLICT", () =>
        ada.http.mutation(documents.update, { ...edit, content: "Two." }),
      );
    },
    ({ expected, actual }) =>
      `CONFLICT: edited ${expected}, it is at ${actual}`,
  );
  await step(
    "Ada sends an empty title and a field that does not exist",
    () =>
      refused("VALIDATION_FAILED", () =>
        ada.http.mutation(documents.update, {
          id,
          title: 5 as unknown as string,
          colour: "red",
        } as { id: string; title: string }),
      ),
    ({ issues }) =>
      issues.map(({ path, message }) => `${path}: ${message}`).join("\n"),
  );
  await step(
    "Ada removes it, and it is gone for everybody",
    async () => {
      await ada.http.mutation(documents.remove, { id });
      await adasList.until(({ page }) => page.length === 0);
      return await ada.http.query(documents.get, { id });
    },
    (document) => {
      expect(document === null, "the removed document is still there");
      return "null, and it is in her trash";
    },
  );
  adasList.close();
}
