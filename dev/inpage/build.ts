/**
 * `npm run build:demo`: the example as a static site, in `demo-dist/`. Any folder of any server of files can serve it: its
 * deployment runs in the visitor's browser.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build as bundle, type Plugin as BundlePlugin } from "esbuild";
import { build as buildPage, type Plugin } from "vite";
import manifest from "../../package.json" with { type: "json" };
import { listModules, loadModule } from "../deployment/node/modules.js";
import { LOWERED, nativeAsync } from "./lower.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const APP = here("../../example/convex");
const COMPONENT = here("../../dist/component");
const OUT = here("../../demo-dist");

const worker = await bundleWorker();

const workerFile = `worker-${hash(worker).slice(0, 12)}.js`;
const page = await bundlePage();

write(workerFile, worker);
write("sw.js", await bundleOf("sw.ts", {}));
const kB = (text: string) => (gzipSync(text).length / 1000).toFixed(1);
console.log(
  `demo-dist: the page ${kB(page)} kB, the worker ${kB(worker)} kB, compressed`,
);

async function bundleWorker(): Promise<string> {
  const text = await bundleOf("worker.ts", {
    IN_PAGE_STAMP: JSON.stringify(await stamp()),
  });
  const left = nativeAsync(text);
  if (left !== null)
    throw new Error(`The worker still has a native ${left}: see context.ts.`);
  return text;
}

async function bundleOf(
  entry: string,
  define: Record<string, string>,
  format: "esm" | "iife" = "esm",
): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [here(entry)],
    bundle: true,
    write: false,
    minify: true,
    format,
    platform: "browser",
    charset: "utf8",
    legalComments: "none",
    supported: LOWERED,
    define: { "process.env.NODE_ENV": '"production"', ...define },
    plugins: [functions()],
  });
  return outputFiles[0]?.text ?? "";
}

/** The functions of app and component, by the paths that Convex would give them; and what stands in for Node's modules. */
function functions(): BundlePlugin {
  const folders: Record<string, string> = { app: APP, component: COMPONENT };
  return {
    name: "functions",
    setup(bundler) {
      bundler.onResolve({ filter: /^node:async_hooks$/ }, () => ({
        path: here("context.ts"),
      }));
      bundler.onResolve({ filter: /^virtual:functions\// }, ({ path }) => ({
        path: path.slice("virtual:functions/".length),
        namespace: "functions",
      }));
      bundler.onLoad({ filter: /.*/, namespace: "functions" }, ({ path }) => {
        const folder = folders[path] ?? "";
        const files = listModules(folder);
        const imports = files.map(
          (file, n) =>
            `import * as m${n} from ${JSON.stringify(join(folder, file))};`,
        );
        const entries = files.map(
          (file, n) => `${JSON.stringify(`./${file}`)}: m${n}`,
        );
        return {
          contents: `${imports.join("\n")}\nexport default { ${entries.join(", ")} };`,
          resolveDir: folder,
        };
      });
    },
  };
}

async function bundlePage(): Promise<string> {
  // Where the page finds the HTTP actions, from its own folder.
  process.env["VITE_CONVEX_SITE_URL"] = "site";
  const define = { IN_PAGE_WORKER: JSON.stringify(workerFile) };
  const start = await bundleOf("start.ts", define, "iife");
  const result = await buildPage({
    configFile: false,
    logLevel: "warn",
    root: here("../../example"),
    base: "./",
    plugins: [react(), entry(start)],
    define,
    build: { outDir: OUT, emptyOutDir: true, chunkSizeWarningLimit: 1_000 },
  });
  if (!("output" in result)) throw new Error("Vite has built no page.");
  return result.output
    .map((file) => (file.type === "chunk" ? file.code : ""))
    .join("\n");
}

/** The example's page with the entry of this folder, and a script before it: its own files stay as they are. */
function entry(start: string): Plugin {
  return {
    name: "in-page-entry",
    enforce: "pre",
    transformIndexHtml: () => [{ tag: "script", children: start }],
    resolveId: (source) =>
      source === "/src/main.tsx" ? here("main.tsx") : null,
  };
}

/** What stored data must agree with to be of use: how they are stored, the package, and all tables. */
async function stamp(): Promise<string> {
  const schemas = await Promise.all(
    [APP, COMPONENT].map(async (folder) => {
      const schema = (await loadModule(folder, "schema"))?.["default"];
      return (schema as { export(): string }).export();
    }),
  );
  const store = readFileSync(here("store.ts"), "utf8");
  return hash([manifest.version, store, ...schemas].join("\n")).slice(0, 16);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function write(file: string, text: string): void {
  writeFileSync(join(OUT, file), text);
}
