import { ConvexReactClient, ConvexProvider } from "convex/react";
import type { Browser } from "playwright-core";
import { createElement, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it, onTestFinished } from "vitest";
import { signDemoToken } from "../../../dev/auth.js";
import { focused, violations } from "../support/audit.js";
import { identity, pageApp } from "../support/pageApp.js";
import { twoWindows } from "../support/twoWindows.js";

const AROUND = {
  // The README's, with rules: what a form has to tell of.
  "convex/documents.ts": `
import { Docs, docsError } from "@acme/convex-docs";
import { v } from "convex/values";
import * as z from "zod";
import { components, internal } from "./_generated/api";
export const docs = new Docs(components.docs, {
  fields: { title: v.string(), content: v.string() },
  identify: async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
  schema: z.object({ title: z.string().min(1, "A title, please.") }),
  onChange: async (ctx, { after }) => {
    if (after?.title === "Kept" && after.status === "archived") throw docsError("FORBIDDEN", { documentId: after._id });
  },
  worker: internal.documents.worker,
});
export const { create, get, list, update, remove, batchCreate } = docs.api();
export const worker = docs.worker();
`,
  "src/Form.tsx": `
import { useDocument } from "@acme/convex-docs/react";
import { api } from "../convex/_generated/api";
import { Rename } from "./Rename";
export function Form({ id }) {
  const { document } = useDocument(api.documents.get, { id });
  return document ? <Rename document={document} /> : null;
}
`,
  "src/DraftsToArchive.tsx": `
import { Archive } from "./Archive";
import { Drafts } from "./Drafts";
export const DraftsToArchive = ({ id }) => <><Archive id={id} /><Drafts /></>;
`,
  "src/Preloaded.tsx": `
import { DraftList } from "../app/drafts/list";
export const Preloaded = (props) => <DraftList {...props} />;
`,
  "src/Shouting.tsx": `
import { useState } from "react";
import { useUpdateDocument } from "./useUpdateDocument";
export function Shouting({ id, title }) {
  const [told, setTold] = useState("");
  const { update } = useUpdateDocument({ navigate: (path) => setTold("Gone to " + path), notify: setTold });
  return <><button onClick={() => void update({ id, title })}>Shout</button><p>{told}</p></>;
}
`,
  "app/token.ts": `
export const getToken = async () => process.env["TOKEN_OF_ADA"];
`,
};

/** What `useDocuments` and the other hooks make of each answer. */
export function react(browser: () => Browser): void {
  const app = pageApp("docs/react.md", browser, AROUND);

  const create = async (more: object = {}, who: "ada" | "grace" = "ada") => {
    const draft = { title: "Plan", content: "", ...more };
    const { id } = (await app.call("documents:create", draft, who)) as {
      id: string;
    };
    onTestFinished(() => remove(id, who));
    return id;
  };
  const remove = async (id: string, who: "ada" | "grace" = "ada") => {
    if ((await app.call("documents:get", { id }, who)) === null) return;
    await app.call("documents:remove", { id }, who);
  };
  const createMany = async (count: number) => {
    const items = Array.from({ length: count }, (_, n) => ({
      title: `Plan ${n}`,
      content: "",
    }));
    const { results } = (await app.call("documents:batchCreate", {
      items,
    })) as { results: { id: string }[] };
    onTestFinished(async () => {
      for (const { id } of results) await remove(id);
    });
  };

  it("Rename: overwrites only what somebody says is to be", async () => {
    const { one, two, value, stored } = await twoWindows(app, "Form");
    await two.field("Title").fill("Theirs");
    await one.field("Title").fill("Mine");
    await one.button("Save").click();
    await two.see("Somebody has changed it to “Mine”.");
    await two.field("Title").press("Enter");
    expect(await focused(two.page)).toBe("Title");
    expect(await violations(two.page)).toEqual([]);
    expect(await value(two)).toBe("Theirs");
    expect(await stored()).toEqual({ title: "Mine", version: 2 });
    await two.button("Overwrite").click();
    await expect.poll(stored).toEqual({ title: "Theirs", version: 3 });
    await expect.poll(() => value(one)).toBe("Theirs");
    await one.field("Title").fill("Mine again");
    await two.field("Title").fill("Theirs again");
    await two.button("Save").click();
    await one.button("Take theirs").click();
    await expect.poll(() => value(one)).toBe("Theirs again");
    expect(await stored()).toEqual({ title: "Theirs again", version: 4 });
  });

  it("Create: tells what is wrong with a field, and sends nothing twice", async () => {
    const ada = await app.open("Create");
    const connection = await app.connection(ada);
    const title = ada.field("Title");
    await title.press("Enter");
    await ada.page.getByRole("alert").getByText("A title, please.").waitFor();
    expect(await title.getAttribute("aria-invalid")).toBe("true");
    expect(await focused(ada.page)).toBe("Title");
    expect(await violations(ada.page)).toEqual([]);
    await title.fill("Written once");
    connection.hold();
    await title.press("Enter");
    await expect.poll(() => ada.button("Create").isDisabled()).toBe(true);
    expect(await ada.page.getByRole("alert").count()).toBe(0);
    await title.press("Enter");
    connection.letGo();
    await expect.poll(() => ada.button("Create").isDisabled()).toBe(false);
    const { page } = (await app.call("documents:list", {
      paginationOpts: { numItems: 10, cursor: null },
    })) as { page: { _id: string; title: string }[] };
    expect(page.map((document) => document.title)).toEqual(["Written once"]);
    await remove(page[0]!._id);
  });

  it("Create: tells of what is no field's fault by its code, and leaves a bug to whatever watches over the page", async () => {
    const nobody = await app.open("Create", {}, null);
    await nobody.field("Title").fill("Plan");
    await nobody.button("Create").click();
    await nobody.page
      .getByRole("alert")
      .getByText(/sign in/i)
      .waitFor();
    expect(await nobody.field("Title").getAttribute("aria-invalid")).toBe(
      "false",
    );
    const ada = await app.open("Create");
    const connection = await app.connection(ada);
    connection.failMutations(true);
    await ada.field("Title").fill("Plan");
    await ada.button("Create").click();
    await ada.page.getByRole("alert").getByText("Something went").waitFor();
    // It has reached whatever watches over the page.
    expect(ada.problems.splice(0)).toHaveLength(1);
  });

  it("Archive: the change shows before it is made, and is taken back with the reason when it is refused", async () => {
    for (const title of ["Kept", "Let go"]) {
      const id = await create({ title });
      const ada = await app.open("DraftsToArchive", { id });
      const connection = await app.connection(ada);
      await ada.see(title);
      connection.hold();
      await ada.button("Archive").click();
      await ada.see("No drafts yet.");
      connection.letGo();
      if (title === "Kept") {
        await ada.page.getByRole("alert").waitFor();
        await ada.page.getByRole("listitem").getByText("Kept").waitFor();
        await remove(id);
      } else {
        await expect
          .poll(() => app.call("documents:get", { id }))
          .toMatchObject({ status: "archived" });
        expect(await ada.page.getByRole("alert").count()).toBe(0);
      }
    }
  });

  it("Note: is loading, then there and in step with another window; to others it is missing, and a failure is told", async () => {
    const { id, one } = await twoWindows(app, "Form");
    const ada = await app.open("Note", { id });
    const connection = await app.connection(ada);
    connection.hold();
    await ada.page.reload();
    await ada.see("Loading…");
    connection.letGo();
    await ada.page.getByRole("heading", { name: "Plan" }).waitFor();
    await one.field("Title").fill("Renamed");
    await one.field("Title").press("Enter");
    await ada.page.getByRole("heading", { name: "Renamed" }).waitFor();
    const grace = await app.open("Note", { id }, "grace");
    await grace.see("This does not exist.");
    connection.failQueries(true);
    await ada.page.reload();
    await ada.page.getByRole("alert").waitFor();
  });

  it("Drafts: the next page comes below what is there, under a button that keeps the focus", async () => {
    const ada = await app.open("Drafts");
    await ada.see("No drafts yet.");
    const connection = await app.connection(ada);
    await createMany(25);
    const rows = () => ada.page.getByRole("listitem").count();
    await expect.poll(rows).toBe(20);
    expect(await violations(ada.page)).toEqual([]);
    connection.hold();
    await ada.button("More").focus();
    await ada.page.keyboard.press("Enter");
    await ada.page.locator("button[aria-busy=true]").waitFor();
    expect(await focused(ada.page)).toBe("More");
    expect(await rows()).toBe(20);
    connection.letGo();
    await expect.poll(rows).toBe(25);
    expect(await ada.button("More").count()).toBe(0);
    // Live on both sides of where the pages meet.
    const id = await create({ title: "The newest" });
    await ada.see("The newest");
    expect(await rows()).toBe(26);
    await app.call("documents:update", { id, status: "published" });
    await expect.poll(rows).toBe(25);
  });

  it("Drafts: who is not signed in is told so", async () => {
    const nobody = await app.open("Drafts", {}, null);
    await nobody.page
      .getByRole("alert")
      .getByText(/sign in/i)
      .waitFor();
  });

  it("DraftList: is in the HTML, shown before there is a connection, and live from then on", async () => {
    await create({ title: "From the server" });
    process.env["NEXT_PUBLIC_CONVEX_URL"] = app.url();
    process.env["TOKEN_OF_ADA"] = await signDemoToken("ada");
    const { default: Page } = (await app.load("app/drafts/page.tsx")) as {
      default: () => Promise<ReactElement<object>>;
    };
    const element = await Page();
    const client = new ConvexReactClient(app.url());
    const provider = createElement(ConvexProvider, { client }, element);
    expect(renderToString(provider)).toContain("<li>From the server</li>");
    await client.close();

    const ada = await app.open("Preloaded", element.props);
    const connection = await app.connection(ada);
    await ada.see("From the server");
    connection.hold();
    await ada.page.reload();
    await ada.see("From the server");
    await create({ title: "Written later" });
    connection.letGo();
    await ada.see("Written later");
    expect(await ada.page.getByRole("listitem").count()).toBe(2);
  });

  it("People: who may share sees with whom, who may only read is told so, and whose role goes sees nothing", async () => {
    const { id } = (await app.call("plans:create", { title: "Plan" })) as {
      id: string;
    };
    const member = { id, principal: identity("grace").tokenIdentifier };
    await app.call("plans:share", { ...member, role: "viewer" });
    const ada = await app.open("People", { id });
    const grace = await app.open("People", { id }, "grace");
    await ada.see(`${member.principal}: viewer`);
    await grace.see("A manager or the owner can share this.");
    await app.call("plans:share", { ...member, role: "manager" });
    await grace.see(`${member.principal}: manager`);
    await app.call("plans:unshare", member);
    await grace.see("This does not exist.");
    await expect.poll(() => ada.page.getByText("manager").count()).toBe(0);
  });

  it("Newest: the boundary shows the reason, and the children again once somebody signs in", async () => {
    await create({ title: "The newest" });
    const window = await app.open("Newest", {}, null);
    await window.page
      .getByRole("alert")
      .getByText(/sign in/i)
      .waitFor();
    expect(await violations(window.page)).toEqual([]);
    await window.page.evaluate(
      `window.signIn(${JSON.stringify(await signDemoToken("ada"))})`,
    );
    await window.see("The newest");
    expect(await window.page.getByRole("alert").count()).toBe(0);
    // React reports what a boundary has caught.
    expect(window.problems.splice(0).join()).toContain("[CONVEX Q");
  });

  it("useUpdateDocument: goes on as the code says", async () => {
    const [id, gone] = [await create(), await create()];
    await remove(gone);
    const seen = { status: "published", isPublic: true };
    const theirs = await create(seen, "grace");
    const title = "HEY";
    for (const [props, who, told] of [
      [{ id, title }, null, "Gone to /sign-in"],
      [{ id: gone, title }, "ada", "This document is gone."],
      [{ id: theirs, title }, "ada", "Access denied."],
      [{ id, title: "" }, "ada", /title/i],
    ] as const) {
      const window = await app.open("Shouting", props, who);
      await window.button("Shout").click();
      await window.see(told);
    }
    const window = await app.open("Shouting", { id, title });
    await window.button("Shout").click();
    await expect
      .poll(() => app.call("documents:get", { id }))
      .toMatchObject({ title });
    expect(await window.page.locator("p").textContent()).toBe("");
  });
}
