import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/**/*.{ts,tsx}", "!src/test.ts"],
  outDir: "dist",
  format: ["esm"],
  target: "es2022",
  // One module per source file: the Convex CLI deploys dist/component file by file.
  bundle: false,
  sourcemap: true,
  clean: true,
  silent: true,
  // tsc emits the declarations: one per file, with maps back to the source. It takes most of the time, and what only runs
  // the package does not need them.
  dts: false,
  ...(process.env["DECLARATIONS"] !== "0" && {
    onSuccess: "tsc -p tsconfig.build.json",
  }),
});
