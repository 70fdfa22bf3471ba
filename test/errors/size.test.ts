// @vitest-environment node
/** What the errors cost a browser, in bytes after minification and gzip -9. The budgets are promises of the README. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const BUDGET = { guards: 490, errors: 1150, withHook: 1500 };

/** Bundles what an app would import, without its peers. */
async function bundle(contents: string) {
  const result = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    external: ["react", "react/*", "convex/*"],
  });
  const code = result.outputFiles[0]!.contents;
  const imports = Object.values(result.metafile.outputs).flatMap((output) =>
    output.imports.map(({ path }) => path),
  );
  return { bytes: gzipSync(code, { level: 9 }).length, imports };
}

const errors = `"./src/errors/index.ts"`;

describe("bytes of ./errors, minified and gzipped", () => {
  it.each([
    [
      "guards",
      `export { getDocsError, isDocsError } from ${errors};`,
      BUDGET.guards,
    ],
    ["everything", `export * from ${errors};`, BUDGET.errors],
  ])(
    "%s: within the budget, and importing nothing",
    async (name, contents, budget) => {
      const { bytes, imports } = await bundle(contents);
      console.info(`./errors ${name}: ${bytes} of ${budget} bytes`);
      expect(bytes).toBeLessThanOrEqual(budget);
      expect(imports).toEqual([]);
    },
  );

  it("with the mutation hook: within the budget, and importing react and convex/react alone", async () => {
    const hook = `export { useDocsMutation } from "./src/react/index.ts";`;
    const { bytes, imports } = await bundle(`export * from ${errors}; ${hook}`);
    console.info(
      `./errors with useDocsMutation: ${bytes} of ${BUDGET.withHook} bytes`,
    );
    expect(bytes).toBeLessThanOrEqual(BUDGET.withHook);
    expect([...new Set(imports)].sort()).toEqual(["convex/react", "react"]);
  });
});
