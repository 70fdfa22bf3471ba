import { isDocsError } from "@acme/convex-docs/errors";
import { register } from "@acme/convex-docs/test";
import { convexTest } from "convex-test";
import { defineSchema } from "convex/server";
import { expect, test } from "vitest";
import { api } from "./_generated/api";
import shelf from "./shelf/schema";

function start() {
  const t = convexTest({
    schema: defineSchema({}),
    modules: import.meta.glob("./**/*.*s"),
  });
  register(t);
  register(t, "tasks");
  t.registerComponent("shelf", shelf, import.meta.glob("./shelf/**/*.*s"));
  register(t, "shelf/docs");
  return {
    ada: t.withIdentity({ tokenIdentifier: "test|ada" }),
    bob: t.withIdentity({ tokenIdentifier: "test|bob" }),
  };
}

test("a document is its owner's", async () => {
  const { ada, bob } = start();
  const plan = { title: "Plan", content: "" };
  const { id } = await ada.mutation(api.documents.create, plan);
  await ada.mutation(api.documents.update, { id, title: "Plan B" });
  expect(await ada.query(api.documents.get, { id })).toMatchObject({
    title: "Plan B",
    version: 2,
  });
  expect(await bob.query(api.documents.get, { id })).toBeNull();
  const refusal: unknown = await bob
    .mutation(api.documents.remove, { id })
    .catch((error: unknown) => error);
  expect(isDocsError(refusal, "NOT_FOUND")).toBe(true);
});

test("the host's schema decides what is stored", async () => {
  const { ada } = start();
  const { id } = await ada.mutation(api.taskApi.create, { title: " Milk " });
  expect(await ada.query(api.taskApi.get, { id })).toMatchObject({
    title: "Milk",
  });
  const refusal: unknown = await ada
    .mutation(api.taskApi.create, { title: " " })
    .catch((error: unknown) => error);
  expect(isDocsError(refusal, "VALIDATION_FAILED")).toBe(true);
});

test("two mounts keep their documents apart", async () => {
  const { ada } = start();
  await ada.mutation(api.taskApi.create, { title: "Milk" });
  const everything = { paginationOpts: { numItems: 10, cursor: null } };
  const documents = await ada.query(api.documents.list, everything);
  expect(documents.page).toEqual([]);
  const tasks = await ada.query(api.taskApi.list, everything);
  expect(tasks.page).toHaveLength(1);
});

test("a component of the host's keeps its documents in a mount of its own", async () => {
  const { ada, bob } = start();
  const id = await ada.mutation(api.shelves.add, { title: "Dune" });
  expect(await ada.query(api.shelves.title, { id })).toBe("Dune");
  expect(await bob.query(api.shelves.title, { id })).toBeNull();
  expect(await ada.query(api.documents.get, { id })).toBeNull();
});
