import type { Browser } from "playwright-core";
import { it } from "vitest";
import { pageApp } from "../support/pageApp.js";

const AROUND = {
  "src/Saving.tsx": `
import { errorMessage } from "@acme/convex-docs/errors";
import { useMutation } from "convex/react";
import { useState } from "react";
import { api } from "../convex/_generated/api";
import { save } from "./save";
export function Saving({ id, title, seen }) {
  const update = useMutation(api.documents.update);
  const [told, setTold] = useState("");
  const press = () =>
    save(update, id, title, seen).then((isSaved) => setTold(isSaved ? "Saved" : "Too late"), (error) => setTold(errorMessage(error)));
  return <><button onClick={press}>Save</button><p>{told}</p></>;
}
`,
};

/** An edit that names the version that was seen. */
export function concepts(browser: () => Browser): void {
  const app = pageApp("docs/concepts.md", browser, AROUND);

  it("save: of two windows that saw one version the second is told, and so is who is not signed in", async () => {
    const { id } = (await app.call("documents:create", {
      title: "Plan",
      content: "",
    })) as { id: string };
    for (const [title, who, told] of [
      ["Mine", "ada", "Saved"],
      ["Theirs", "ada", "Too late"],
      ["Nobody's", null, "Nobody is signed in. Sign in first."],
    ] as const) {
      const window = await app.open("Saving", { id, title, seen: 1 }, who);
      await window.button("Save").click();
      await window.see(told);
    }
  });
}
