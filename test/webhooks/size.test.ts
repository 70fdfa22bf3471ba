// @vitest-environment node
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../src/webhooks/", import.meta.url));

/** File, scheme, preset, and bytes of the scheme with the engine (gzip). */
const SCHEMES = [
  ["standard", "standardScheme", "standardWebhooks", 1_500],
  ["stripe", "stripeScheme", "stripe", 1_500],
  ["github", "githubScheme", "github", 1_500],
  ["slack", "slackScheme", "slack", 1_500],
  ["shopify", "shopifyScheme", "shopify", 1_500],
  ["paddle", "paddleScheme", "paddle", 1_500],
  ["lemonSqueezy", "lemonSqueezyScheme", "lemonSqueezy", 1_500],
  ["hmac", "hmacScheme", "hmac", 1_500],
  // Reads form bodies as well.
  ["twilio", "twilioScheme", "twilio", 1_600],
] as const;
/** Bytes of a preset with the engine (gzip): it also finds the event's id, type and time. */
const PRESET = 1_900;

test.each(SCHEMES)(
  "the scheme %s and the engine keep to their size",
  async (file, scheme, _, limit) => {
    expect(await sizeOf(file, scheme)).toBeLessThanOrEqual(limit);
  },
);

test.each(SCHEMES)(
  "the preset of %s and the engine keep to their size",
  async (file, _, preset) => {
    expect(await sizeOf(file, preset)).toBeLessThanOrEqual(PRESET);
  },
);

async function sizeOf(file: string, name: string): Promise<number> {
  const contents = `export { ${name} } from "./schemes/${file}.ts"; export { verify } from "./verify.ts";`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}
