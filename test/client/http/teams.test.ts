/**
 * The documents of a team over HTTP.
 */
import { expect, test } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { components, fields, identify } from "../../support/host.js";
import { problem, start } from "./support.js";

const options = { fields, identify, sharing: true } as const;
const docs = new Docs(components.docs, {
  ...options,
  principals: (_ctx, userId) => (userId === "ada" ? ["team:7"] : []),
});

async function titles(response: Response) {
  const body = (await response.json()) as {
    documents: { title: string }[];
    nextCursor: string | null;
  };
  return body.documents.map(({ title }) => title);
}

async function team() {
  const host = start({}, docs);
  for (const title of ["A", "B"]) {
    await host.ada.mutation((ctx) =>
      docs.create(ctx, { title, content: "", ownerId: "team:7" }),
    );
  }
  return host;
}

test("who acts as the team pages through it; to others there is nothing", async () => {
  const { ada, bob, ask } = await team();
  const first = await ask(ada, "?ownerId=team:7&limit=1");
  const next = /<([^>]*)>/.exec(first.headers.get("Link") ?? "")?.[1];
  expect(next).toContain("ownerId=team");
  const second = await ask(ada, next);
  const all = [...(await titles(first)), ...(await titles(second))];
  expect(all.sort()).toEqual(["A", "B"]);
  const others = await ask(bob, "?ownerId=team:7");
  expect([others.status, await titles(others)]).toEqual([200, []]);
  expect(await titles(await ask(ada, "?ownerId="))).toEqual([]);
});

test("nobody names an owner of public documents, or without a token", async () => {
  const { ada, nobody, ask } = await team();
  const open = await problem(await ask(ada, "?scope=public&ownerId=team:7"));
  expect(open).toMatchObject({ status: 422, code: "VALIDATION_FAILED" });
  const signedOut = await problem(await ask(nobody, "?ownerId=team:7"));
  expect(signedOut).toMatchObject({ status: 422, code: "VALIDATION_FAILED" });
  const own = await problem(await ask(nobody, "?scope=own&ownerId=team:7"));
  expect(own.status).toBe(401);
});

test("without sharing the parameter is one of those that mean nothing", async () => {
  const plain = new Docs(components.docs, { fields, identify });
  const { ada, ask } = start({}, plain);
  await ada.mutation((ctx) =>
    plain.create(ctx, { title: "Mine", content: "" }),
  );
  expect(await titles(await ask(ada, "?ownerId=team:7"))).toEqual(["Mine"]);
});
