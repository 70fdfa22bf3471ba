// @vitest-environment node
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Bytes, minified and gzipped. It runs on a server, so clear code comes first; what it must not do is pull in the package. */
const BUDGET = 3_000;

test("fetchJson is at most 3 kB, and imports nothing but ConvexError", async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { fetchJson } from "./src/jobs/index.ts";`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    external: ["convex/*"],
  });
  const imports = Object.values(metafile.outputs).flatMap((output) =>
    output.imports.map(({ path }) => path),
  );
  expect([...new Set(imports)]).toEqual(["convex/values"]);
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  console.info(`fetchJson: ${bytes} of ${BUDGET} bytes`);
  expect(bytes).toBeLessThanOrEqual(BUDGET);
});
