// @vitest-environment node
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const resolveDir = fileURLToPath(
  new URL("../../src/webhooks/", import.meta.url),
);

/** The bytes of what a host imports, minified and gzipped. */
async function weigh(names: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${names} } from "./index.ts";`,
      resolveDir,
      loader: "ts",
    },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    external: ["convex/*"],
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

test.each([
  ["standardWebhooks", 1_500],
  ["supabase", 1_500],
  ["stripe", 1_500],
  ["github", 1_500],
  ["slack", 1_500],
  ["shopify", 1_500],
  ["paddle", 1_500],
  ["lemonSqueezy", 1_500],
  ["hmac", 1_500],
  ["twilio", 1_500],
])("the preset %s with the engine is at most %i bytes", async (name, most) => {
  expect(await weigh(`${name}, verify`)).toBeLessThanOrEqual(most);
});

test("a preset alone brings nothing of the inbox, nor of any other preset", async () => {
  expect(await weigh("stripe")).toBeLessThanOrEqual(800);
});
