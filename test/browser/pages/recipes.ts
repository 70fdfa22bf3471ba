import type { GenericId } from "convex/values";
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { violations } from "../support/audit.js";
import { identity, pageApp } from "../support/pageApp.js";
import { twoWindows } from "../support/twoWindows.js";

const AROUND = {
  "src/Publishing.tsx": `
import { errorMessage } from "@acme/convex-docs/errors";
import { DocsErrorBoundary } from "@acme/convex-docs/react";
import { useConvex } from "convex/react";
import { Suspense, useState } from "react";
import { connect, Publish } from "./tanstack";
export function Publishing({ id }) {
  const client = useConvex();
  const [Providers] = useState(() => connect(client));
  return (
    <Providers>
      <DocsErrorBoundary fallback={(error) => errorMessage(error)}>
        <Suspense fallback="Loading…"><Publish id={id} /></Suspense>
      </DocsErrorBoundary>
    </Providers>
  );
}
`,
  "src/InVue.tsx": `
import { convexVue, useConvexClient } from "convex-vue";
import { useEffect, useRef } from "react";
import { createApp, h, ref } from "vue";
import { useTitle } from "./useTitle";
const Field = {
  props: ["id"],
  setup({ id }) {
    useConvexClient().setAuth(async () => window.TOKEN);
    const { title, save, problem } = useTitle(ref(id));
    const onInput = ({ target }) => { title.value = target.value; };
    return () => [
      h("input", { "aria-label": "Title", value: title.value, onInput, onBlur: save }),
      problem.value && h("p", { role: "alert" }, problem.value),
    ];
  },
};
export function InVue({ id }) {
  const place = useRef(null);
  useEffect(() => {
    const app = createApp(Field, { id }).use(convexVue, { url: window.CONVEX_URL });
    app.mount(place.current);
    return () => app.unmount();
  }, [id]);
  return <div ref={place} />;
}
`,
};

/** With other libraries, and who looks at a document. */
export function recipes(browser: () => Browser): void {
  const app = pageApp("docs/recipes.md", browser, AROUND);
  const create = async (more: object = {}) => {
    const draft = { title: "Plan", content: "", ...more };
    return (await app.call("documents:create", draft)) as { id: string };
  };
  /** When somebody was heard of last, which becomes so much longer ago (ms). */
  const seenAt = (who: "ada" | "grace", ago = 0) =>
    app.run(async (ctx) => {
      const rows = await ctx.db.query("presence").collect();
      const { tokenIdentifier } = identity(who);
      const row = rows.find(({ userId }) => userId === tokenIdentifier)!;
      const at = Number(row["seenAt"]) - ago;
      await ctx.db.patch(row._id as GenericId<"presence">, { seenAt: at });
      return at;
    });

  it("TanStack Query: a button that waits for the answer, and the reason of a refusal", async () => {
    const { id } = await create();
    const ada = await app.open("Publishing", { id });
    const connection = await app.connection(ada);
    const publish = ada.button("Publish");
    await publish.waitFor();
    expect(await violations(ada.page)).toEqual([]);
    connection.hold();
    await publish.click();
    await expect.poll(() => publish.isDisabled()).toBe(true);
    await app.call("documents:update", { id, title: "Changed" });
    connection.letGo();
    await ada.see("It has just been changed. Look at it again.");
    await ada.see("Changed");
    await publish.click();
    await expect
      .poll(() => app.call("documents:get", { id }))
      .toMatchObject({ title: "Changed", status: "published" });
    await app.call("documents:remove", { id });
    await ada.see("This does not exist.");
  });

  it("Vue: keeps what was typed into an earlier version, and says why it is not saved", async () => {
    const { one, two, value, stored } = await twoWindows(app, "InVue");
    for (const window of [one, two])
      await expect.poll(() => value(window)).toBe("Plan");
    await two.field("Title").fill("Theirs");
    await one.field("Title").fill("Mine");
    await one.field("Title").press("Tab");
    await expect.poll(stored).toEqual({ title: "Mine", version: 2 });
    await two.field("Title").press("Tab");
    await two.page.getByRole("alert").waitFor();
    expect(await value(two)).toBe("Theirs");
    expect(await stored()).toEqual({ title: "Mine", version: 2 });
    await one.field("Title").fill("Mine again");
    await one.field("Title").press("Tab");
    await expect.poll(stored).toEqual({ title: "Mine again", version: 3 });
  });

  it("Here: names whoever is heard of, by the server's clock, without a blink every ten seconds, and nobody once it is gone", async () => {
    const { id } = await create({ status: "published", isPublic: true });
    const ada = await app.open("Here", { documentId: id });
    await ada.page.clock.install({ time: Date.now() + 60_000 });
    await ada.page.reload();
    const text = ada.page.locator("p");
    const shown = async () => (await text.textContent())?.split(", ").sort();
    await expect.poll(shown).toEqual(["Ada Lovelace"]);
    const grace = await app.open("Here", { documentId: id }, "grace");
    await expect.poll(shown).toEqual(["Ada Lovelace", "Grace Hopper"]);
    await grace.see("Ada Lovelace");
    await grace.page.close();

    const blinks = await text.evaluateHandle((element) => {
      const texts: string[] = [];
      const look = () => texts.push(element.textContent);
      const watched = { characterData: true, childList: true, subtree: true };
      new MutationObserver(look).observe(element, watched);
      return texts;
    });
    const before = await seenAt("ada");
    await ada.page.clock.runFor(10_000);
    await expect.poll(() => seenAt("ada")).toBeGreaterThan(before);
    await seenAt("grace", 20_001);
    await expect.poll(shown).toEqual(["Ada Lovelace"]);
    expect(await blinks.jsonValue()).not.toContain("");
    await app.call("documents:remove", { id });
    await expect.poll(shown).toEqual([""]);
  });
}
