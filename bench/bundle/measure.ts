/**
 * What importing something brings into a bundle.
 */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** An import as an app would write it. */
export type Import = {
  /** What the tables call it. */
  name: string;
  code: string;
  /** Modules that the app has anyway, and that are left out. */
  external?: string[];
  /** Bytes it may have at most, gzipped: ours only. */
  budget?: number;
};

export type Bundle = {
  minified: number;
  gzip: number;
  /** The modules that were left out and are imported all the same. */
  imports: string[];
};

/** Bundles an import for a browser, minified by esbuild, gzipped at level 9. */
export async function bundle({ code, external = [] }: Import): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    external,
    metafile: true,
    write: false,
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild wrote nothing.");
  const imports = Object.values(metafile.outputs).flatMap((output) =>
    output.imports.map(({ path }) => path),
  );
  return {
    minified: file.contents.length,
    gzip: gzipSync(file.contents, { level: 9 }).length,
    imports: [...new Set(imports)].sort(),
  };
}
