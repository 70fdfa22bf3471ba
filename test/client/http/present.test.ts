import { expect, test } from "vitest";
import { seed } from "../../support/host.js";
import { published, start } from "./support.js";

type Present = NonNullable<Parameters<typeof start>[0]>["present"];

test("an asynchronous present is awaited, for a document and for a page", async () => {
  const present = (async (document: { title: string }) => {
    await Promise.resolve();
    return { name: document.title };
  }) as Present;
  const { t, nobody, ask } = start(present && { present });
  const id = await seed(t, "ada", published);
  expect(await (await ask(nobody, `/${id}`)).json()).toEqual({ name: "Plan" });
  expect(await (await ask(nobody, "?scope=public")).json()).toMatchObject({
    documents: [{ name: "Plan" }],
  });
});

test("a deploy that changes present answers a client that has the old body with the new one", async () => {
  const one = ((document: { title: string }) => ({
    name: document.title,
  })) as Present;
  const two = ((document: { title: string }) => ({
    title: document.title,
  })) as Present;
  const tags = [];
  for (const present of [one, one, two]) {
    const { t, nobody, ask } = start(present && { present });
    const id = await seed(t, "ada", published);
    const first = await ask(nobody, `/${id}`);
    const tag = first.headers.get("ETag")!;
    const again = await ask(nobody, `/${id}`, {
      headers: { "If-None-Match": tag },
    });
    expect([first.status, again.status]).toEqual([200, 304]);
    tags.push(tag);
  }
  expect(tags[0]).toBe(tags[1]);
  expect(tags[0]).not.toBe(tags[2]);
});
