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
  // tsc emits the declarations: one per file, with maps back to the source.
  dts: false,
  onSuccess: "tsc -p tsconfig.build.json",
});
