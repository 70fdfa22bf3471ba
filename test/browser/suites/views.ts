import { expect, it } from "vitest";
import { looking, PHONE } from "../support/look.js";
import type { Visitor } from "../support/visitor.js";
import type { World } from "../support/world.js";

const TAGS = Array.from({ length: 8 }, (_, n) => `part ${n + 1}`);

/** The next deploy: an order of each tag, for everybody too, and a title that an owner has once. */
const NEXT = {
  file: "documents.ts",
  find: '    board: ["status", "rank"],\n',
  replace: `    board: ["status", "rank"],
    byTagAndTitle: { each: "tags", by: ["title"], public: true },
    oneTitle: { by: ["title"], unique: true },
`,
};

/** What lists are kept in order by, as an operator sees it through two deploys. */
export function views(world: World): void {
  const card = ({ page }: Visitor, name: string) =>
    page.getByRole("listitem").filter({
      has: page.getByRole("heading", { name, exact: true }),
    });
  const deploy = async (edit?: typeof NEXT) => {
    await world.stack.deploy(edit);
    await world.stack.operate({ call: "documents:buildViews", args: {} });
  };
  /** An operator at a desk, and one on the way. */
  const operators = async () => {
    const ada = await world.arrive("ada");
    const phone = await world.arrive("views phone", PHONE);
    const looks = [looking(ada, "desktop"), looking(phone, "phone")];
    for (const one of [ada, phone]) await one.signIn("ada", "#/operations");
    const look = async (name: string, view: string) => {
      await card(phone, view).scrollIntoViewIfNeeded();
      await card(ada, view).scrollIntoViewIfNeeded();
      for (const one of looks) await one(name);
    };
    return { ada, phone, look };
  };

  it("are compared with all documents when an operator says so", async () => {
    await world.stack.create("grace", { title: "Tide table", content: "" });
    const ada = await world.arrive("ada");
    await ada.signIn("ada", "#/operations");
    await card(ada, "byTag").getByText("Ready").waitFor();
    await ada.button("Compare with all documents").click();
    await ada.see("Every document is being compared");
    await card(ada, "byTag")
      .getByText(/last compared with [\d,]+ documents/)
      .waitFor();
    await ada.screenshot("views");
  });

  it("show how far the build of a new one is, what it has left out and why, and how far its removal is", async () => {
    const { stack } = world;
    const items = Array.from({ length: 70 }, (_, n) => ({
      title: `Sheet ${n + 1}`,
      content: "",
      tags: TAGS,
    }));
    await stack.createMany("grace", items);
    // A place for each tag, the same for everybody, and one by its title: one more than a document may have.
    const everywhere = await stack.create("grace", {
      title: "Everywhere",
      content: "",
      tags: TAGS,
      status: "published",
      isPublic: true,
    });
    const twin = { title: "Minutes of the harbour board", content: "" };
    await stack.create("grace", twin);
    await stack.create("grace", twin);
    const { ada, phone, look } = await operators();
    await card(ada, "board").getByText("Ready").waitFor();
    expect(await card(ada, "byTagAndTitle").count()).toBe(0);

    await stack.schedule({ hold: true });
    await deploy(NEXT);
    const byTag = card(ada, "byTagAndTitle");
    await byTag.getByText("Being built").waitFor();
    await byTag.getByText(/^0 documents seen, 0 places/).waitFor();
    expect(await byTag.getByRole("progressbar").count()).toBe(1);
    // Its first step. What was there before is ready all along.
    await stack.schedule({ run: 1 });
    await byTag.getByText(/^[1-9]\d* documents seen/).waitFor();
    await card(ada, "board").getByText("Ready").waitFor();
    expect(await ada.button("Remove now: byTagAndTitle").count()).toBe(0);
    await look("views-building", "byTagAndTitle");

    await stack.schedule({ release: true });
    await byTag.getByText("Ready", { exact: true }).waitFor();
    expect(await byTag.getByRole("progressbar").count()).toBe(0);
    await byTag.getByText("1 document left out").click();
    const left = byTag.getByRole("listitem").filter({ hasText: everywhere });
    await left
      .getByText("The document has 17 places in views; the limit is 16.")
      .waitFor();
    // Where it was before, it stays.
    expect(await card(ada, "board").getByRole("group").count()).toBe(0);
    const once = card(ada, "oneTitle");
    await once.getByText(/documents to look at$/).click();
    // Whichever twins were found first: others may have some, too.
    await once
      .getByRole("listitem")
      .getByText("Another document of its owner has the same values.")
      .first()
      .waitFor();
    await card(phone, "byTagAndTitle").getByText("1 document left out").click();
    await look("views-left-out", "byTagAndTitle");

    await deploy();
    await ada.button("Remove now: byTagAndTitle").waitFor();
    await byTag.getByText("No code declares it").waitFor();
    await stack.schedule({ hold: true });
    await ada.button("Remove now: byTagAndTitle").click();
    await byTag.getByText("Being removed").waitFor();
    await byTag.getByText("0 places freed").waitFor();
    expect(await ada.button("Remove now: byTagAndTitle").count()).toBe(0);
    await stack.schedule({ run: 1 });
    await byTag.getByText("500 places freed").waitFor();
    await ada.screenshot("views-removing");
    await stack.schedule({ release: true });
    await byTag.waitFor({ state: "detached" });
    await ada.button("Remove now: oneTitle").click();
    await once.waitFor({ state: "detached" });
    await card(ada, "board").getByText("Ready").waitFor();
  });
}
