import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { sourceAliases } from "./scripts/entries.js";
import { indexes } from "./test/strict/indexes.js";

// Tests of the package run against src/. Those of the example and of the package as published run against dist/.
const source = {
  alias: sourceAliases(fileURLToPath(new URL("./", import.meta.url))),
};
const inline = { deps: { inline: ["convex-test"] } };
// Components that recipes are made with: their tests' entries are TypeScript.
const recipes = { deps: { inline: ["convex-test", /@convex-dev/] } };

export default defineConfig({
  test: {
    // Vitest leaves one core free, which of two is half of the machine.
    maxWorkers: availableParallelism(),
    coverage: {
      include: ["src/**/*.{ts,tsx}"],
      // The pattern above is also found inside `example/`, whose pages the browser tests cover.
      exclude: ["src/component/_generated/**", "example/**"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 95, branches: 90 },
    },
    projects: [
      {
        resolve: source,
        // At the size of a release, reading whole tables would take days.
        plugins: process.env["INDEXED"] ? [indexes()] : [],
        test: {
          name: "unit",
          // What Convex functions run in: the web's globals, none of Node's.
          environment: "edge-runtime",
          // A fresh module graph for each file would cost more than all the tests. test/setup.ts clears what else may leak.
          isolate: false,
          // Under the backend's rules, as far as they can be followed: dev/strict/README.md.
          setupFiles: ["test/strict/setup.ts", "test/setup.ts"],
          server: inline,
          include: [
            "test/*.test.ts",
            "test/{errors,shared,model,component,client,webhooks,jobs,strict,upgrade}/**/*.test.ts",
            "test/example/convex/**/*.test.ts",
          ],
          // Properties and documents of a megabyte take seconds where other work shares the machine.
          testTimeout: 30_000,
        },
      },
      {
        resolve: source,
        test: {
          name: "react",
          environment: "jsdom",
          isolate: false,
          setupFiles: [
            "test/strict/setup.ts",
            "test/setup.ts",
            "test/react/setup.ts",
          ],
          server: inline,
          include: ["test/react/**/*.test.{ts,tsx}"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "node",
          environment: "node",
          isolate: false,
          setupFiles: ["test/strict/setup.ts", "test/setup.ts"],
          include: ["test/{example,dev,bench}/**/*.test.ts"],
          exclude: ["test/example/convex/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // The repository's own promises and all of it at once: longer than a developer waits for. `npm run test:whole`.
          name: "whole",
          environment: "node",
          server: recipes,
          include: ["test/{package,system}/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ["test/types/**/*.test-d.ts"],
            tsconfig: "test/types/tsconfig.json",
          },
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // The built demo: `npm run test:demo`.
          name: "inpage",
          environment: "node",
          include: ["test/inpage/**/*.test.ts"],
          // A window behind another one is slow, and all of them are of one browser.
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "site",
          environment: "node",
          include: ["test/site/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
