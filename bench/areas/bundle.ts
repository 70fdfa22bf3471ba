/**
 * What a browser downloads for our client entries, with everything of Convex's own left out that an app has anyway.
 */
import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Area } from "../area.js";
import { kilobytes } from "../format.js";

/** What an app would write, by what it is called here. */
const IMPORTS: {
  name: string;
  needs?: string;
  code: string;
  /** What the app has anyway. */
  external?: string[];
}[] = [
  {
    name: "convex/values: ConvexError",
    code: `export { ConvexError } from "convex/values";`,
  },
  {
    name: "./errors: isDocsError",
    needs: "dist/errors/index.js",
    code: `export { isDocsError } from "./dist/errors/index.js";`,
  },
  {
    name: "./errors: matchDocsError, safe, errorMessage",
    needs: "dist/errors/index.js",
    code: `export { matchDocsError, safe, errorMessage } from "./dist/errors/index.js";`,
  },
  {
    name: "./errors: everything",
    needs: "dist/errors/index.js",
    code: `export * from "./dist/errors/index.js";`,
  },
  {
    name: "./react: everything",
    needs: "dist/react/index.js",
    code: `export * from "./dist/react/index.js";`,
    external: ["react", "react/*", "convex/*"],
  },
  {
    name: "./react: useDocsMutation",
    needs: "dist/react/index.js",
    code: `export { useDocsMutation } from "./dist/react/index.js";`,
    external: ["react", "react/*", "convex/*"],
  },
];

export async function measureBundle(): Promise<Area> {
  const there = IMPORTS.filter(({ needs }) => !needs || existsSync(needs));
  const rows = await Promise.all(
    there.map(async ({ name, code, external }) => {
      const bytes = await bundle(code, external);
      return [
        name,
        kilobytes(bytes.length),
        kilobytes(gzipSync(bytes, { level: 9 }).length),
      ];
    }),
  );
  return {
    title: "Bundle sizes",
    tables: [
      {
        title: "Minified by esbuild",
        head: ["import", "minified", "gzip"],
        rows,
        notes: ["React and convex are left out of ./react: an app has them."],
      },
    ],
    figures: {},
    broken: [],
  };
}

async function bundle(
  code: string,
  external: string[] = [],
): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    external,
    write: false,
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild wrote nothing.");
  return file.contents;
}
