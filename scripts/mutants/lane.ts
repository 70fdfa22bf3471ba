/**
 * Runs tests with one line of the source broken while it is loaded: no file changes, so there is nothing to restore. It stays
 * up between runs, so that only the broken file is transformed again.
 */
import { resolve } from "node:path";
import type { UserWorkspaceConfig } from "vitest/config";
import { createVitest } from "vitest/node";
import base from "../../vitest.config.js";
import type { Mutant } from "./mutants.js";

const ROOT = resolve(import.meta.dirname, "../..");

/** Tests of other projects: those of ./react that need no page, and of what keeps the data of the demo in the page. */
const ALSO = ["test/react/*.test.ts", "test/dev/inpage/*.test.ts"];

export type Lane = {
  /** Runs the tests of files and folders. Answers with how many passed, and the full names of those that failed. */
  run: (
    paths: string[],
    mutant?: Mutant,
  ) => Promise<{ passed: number; failed: string[] }>;
  close: () => Promise<void>;
};

/** A lane of its own for each that runs at a time. */
export async function openLane(): Promise<Lane> {
  let broken: Mutant | undefined;
  const { resolve: source, test } = unit();
  const vitest = await createVitest(
    "test",
    {
      ...test,
      config: false,
      root: ROOT,
      include: [...(test.include ?? []), ...ALSO],
      watch: false,
      reporters: [{}],
      maxWorkers: 1,
    },
    {
      resolve: source,
      plugins: [
        {
          name: "mutant",
          enforce: "pre",
          transform(code, id) {
            if (!broken || id.split("?")[0] !== resolve(ROOT, broken.file))
              return;
            const { line, broken: text } = broken;
            return code.replace(line, () => text);
          },
        },
      ],
    },
  );
  return {
    run: async (paths, mutant) => {
      const changed = [broken, mutant].flatMap((one) => one?.file ?? []);
      broken = mutant;
      for (const file of changed) vitest.invalidateFile(resolve(ROOT, file));
      // The first failure says enough of a broken line.
      vitest.config.bail = mutant ? 1 : 0;
      const specifications = await vitest.globTestSpecifications(paths);
      const { testModules, unhandledErrors } =
        await vitest.runTestSpecifications(specifications);
      // Modules of earlier runs are reported again.
      const ran = new Set(specifications.map(({ moduleId }) => moduleId));
      const modules = testModules.filter(({ moduleId }) => ran.has(moduleId));
      const namesOf = (state: "passed" | "failed") =>
        modules.flatMap(({ children }) =>
          [...children.allTests(state)].map(({ fullName }) => fullName),
        );
      const outside = modules.flatMap((one) =>
        one.errors().map(({ message }) => `${one.moduleId}: ${message}`),
      );
      return {
        passed: namesOf("passed").length,
        failed: [
          ...namesOf("failed"),
          ...outside,
          ...unhandledErrors.map(String),
        ],
      };
    },
    close: () => vitest.close(),
  };
}

function unit(): Required<Pick<UserWorkspaceConfig, "resolve" | "test">> {
  const found = (base.test?.projects ?? []).find(
    (project): project is UserWorkspaceConfig =>
      typeof project === "object" &&
      "test" in project &&
      project.test.name === "unit",
  );
  if (!found?.test) throw new Error("There is no project `unit`.");
  return { resolve: found.resolve ?? {}, test: found.test };
}
