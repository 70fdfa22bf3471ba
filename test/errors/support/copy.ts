/**
 * A second copy of `convex/values` and of our errors, in one program: what a bundle has when two packages bring their own.
 */
import type * as values from "convex/values";
import { build } from "esbuild";
import type * as errors from "../../../src/errors/index.js";

type Copy = typeof values & typeof errors;

export async function secondCopy(): Promise<Copy> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from "convex/values"; export * from "./src/errors/index.ts";`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString("base64");
  const url = `data:text/javascript;base64,${code}`;
  return (await import(/* @vite-ignore */ url)) as Copy;
}
