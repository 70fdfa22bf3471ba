// @vitest-environment node
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../src/webhooks/", import.meta.url));

test.each([
  ["standard", "standardScheme"],
  ["stripe", "stripeScheme"],
  ["github", "githubScheme"],
  ["slack", "slackScheme"],
  ["shopify", "shopifyScheme"],
  ["paddle", "paddleScheme"],
  ["lemonSqueezy", "lemonSqueezyScheme"],
])("the scheme %s and the engine are at most 1.5 kB", async (file, name) => {
  const contents = `export { ${name} } from "./schemes/${file}.ts"; export { verify } from "./verify.ts";`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  expect(
    gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
  ).toBeLessThanOrEqual(1_500);
});
