/**
 * The project `unit`, and tests of `react` that need no page, with one line of the source broken while it is loaded: no file
 * changes, so there is nothing to restore.
 */
import { resolve } from "node:path";
import { defineConfig, type UserWorkspaceConfig } from "vitest/config";
import base from "../../vitest.config.js";
import { MUTANTS } from "./mutants.js";

const mutant = MUTANTS.find(({ name }) => name === process.env["MUTANT"]);
const unit = (base.test?.projects ?? []).find(
  (project): project is UserWorkspaceConfig =>
    typeof project === "object" &&
    "test" in project &&
    project.test.name === "unit",
);
if (!unit) throw new Error("There is no project `unit`.");

export default defineConfig({
  ...unit,
  test: {
    ...unit.test,
    // Those of ./react that need no page.
    include: [...(unit.test?.include ?? []), "test/react/*.test.ts"],
  },
  root: resolve(import.meta.dirname, "../.."),
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      transform(code, id) {
        if (!mutant || id.split("?")[0] !== resolve(mutant.file)) return;
        return code.replace(mutant.line, () => mutant.broken);
      },
    },
  ],
});
