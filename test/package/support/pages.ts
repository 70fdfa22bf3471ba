/**
 * The code in pages of documentation, laid out as the app that it describes and compiled as a host compiles it.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import manifest from "../../../package.json" with { type: "json" };
import { writeGenerated } from "../../consumer/generated.js";
import { filesOf, readSnippets } from "../../consumer/snippets.js";

export type Problem = { page: string; file: string; text: string };

/**
 * What the compiler says about each page. A page stands on the app that `base` builds up, where it shows no other file of
 * the same name. `more` are further files, by page.
 */
export function compilePages(
  pages: string[],
  base: string | null,
  more: Record<string, Record<string, string>> = {},
): Problem[] {
  const root = mkdtempSync(join(tmpdir(), "pages-"));
  try {
    installPackages(join(root, "node_modules"));
    const files = pages.flatMap((page) =>
      writeApp(join(root, page), page, base, more[page] ?? {}),
    );
    return compile(root, files);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/**
 * The repository's packages, and this one as a host has it: built, found through the exports map. Copied and not linked, because
 * a declaration may name any file of a package that is linked, and of a host's only what its entries export.
 */
function installPackages(folder: string): void {
  const own = join(folder, manifest.name);
  mkdirSync(own, { recursive: true });
  cpSync("package.json", join(own, "package.json"));
  cpSync("dist", join(own, "dist"), { recursive: true });
  for (const name of readdirSync("node_modules")) {
    if (name.startsWith(".") || existsSync(join(folder, name))) continue;
    symlinkSync(resolve("node_modules", name), join(folder, name), "dir");
  }
}

/** Writes the app that a page builds up into a folder: see `compilePages`. Answers with its files. */
export function writeApp(
  folder: string,
  page: string,
  base: string | null,
  more: Record<string, string> = {},
): string[] {
  const snippets = readSnippets(page);
  const alone = snippets
    .filter(({ file }) => file === null)
    .map(({ code, line, extension }): [string, string] => [
      `${extension === "tsx" ? "src" : "convex"}/line${line}.${extension}`,
      `${code}\nexport {};\n`,
    ]);
  const files = new Map([
    ...(base === null ? [] : filesOf(readSnippets(base))),
    ...filesOf(snippets),
    ...Object.entries(more),
  ]);
  for (const [file, code] of [...files, ...alone]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  const modules = [...files.keys()]
    .filter((file) => /^convex\/\w+\.ts$/.test(file))
    .map((file) => basename(file, ".ts"));
  const paths = [...files, ...alone].map(([file]) => join(folder, file));
  writeGenerated(join(folder, "convex"), modules, mountsOf(paths));
  return paths;
}

/** Every component that an app mounts: its name, and the package that it comes from. */
export function mountsOf(files: string[]): Record<string, string> {
  const codes = files.map((file) => readFileSync(file, "utf8"));
  const mounts = codes.flatMap((code) =>
    [...code.matchAll(/\bcomponents\.(\w+)/g)].map(([, name]) => name!),
  );
  // A component of somebody else's is imported under the name that it is mounted by.
  const imported = codes.flatMap((code) => [
    ...code.matchAll(/^import (\w+) from "(.+)\/convex\.config\.js"/gm),
  ]);
  return {
    ...Object.fromEntries(mounts.map((name) => [name, manifest.name])),
    ...Object.fromEntries(imported.map(([, name, from]) => [name!, from!])),
  };
}

function compile(root: string, files: string[]): Problem[] {
  const { config } = ts.readConfigFile(
    "test/consumer/host/tsconfig.json",
    (path) => ts.sys.readFile(path),
  ) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(
    config.compilerOptions,
    root,
  );
  const program = ts.createProgram(files, options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, start, messageText }) => {
      const path = file ? relative(root, file.fileName) : "";
      const [page = "", inside = ""] = path.split(/(?<=\.md)\//);
      const at = file
        ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1
        : 0;
      return {
        page,
        file: inside,
        text: `line ${at}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      };
    });
}
