// @vitest-environment node
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadModules } from "../../../dev/deployment/node/modules.js";

function folderOf(...paths: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "convex-modules-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "export const name = 1;\n");
  }
  return folder;
}

it("finds what the Convex CLI deploys", async () => {
  const folder = folderOf(
    ...["a.mjs", "deep/er/b.js", "_generated/api.js", "schema.mjs"],
    ...[
      "a.test.ts",
      "convex.config.mjs",
      "types.d.ts",
      ".hidden.js",
      "#a.js",
      "b c.js",
      "a.js.map",
      "README.md",
    ],
    ...["part/convex.config.ts", "part/inner.js"],
  );
  const modules = loadModules(folder);
  expect(Object.keys(modules).sort()).toEqual([
    "./_generated/api.js",
    "./a.mjs",
    "./deep/er/b.js",
    "./schema.mjs",
  ]);
  expect(await modules["./a.mjs"]?.()).toMatchObject({ name: 1 });
});

it("stands in for a missing _generated", () => {
  expect(Object.keys(loadModules(folderOf("a.js")))).toContain(
    "./_generated/none.js",
  );
});

it("names a folder that is not there", () => {
  expect(() => loadModules("/nowhere")).toThrow("/nowhere");
});
