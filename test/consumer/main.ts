/**
 * What a stranger does with the package: packs and installs it in a directory that knows nothing of this repository, pastes
 * the README's quick start, generates code, compiles under strict flags, runs tests of their own, builds the page, deploys.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { writeGenerated } from "./generated.js";
import { host, inHost, must, run, runSteps } from "./host.js";
import { filesOf, readSnippets } from "./snippets.js";

/** What the host needs beside the package, in the versions that this repository is tested with. */
const HOST_NEEDS = [
  "@edge-runtime/vm",
  "@types/react",
  "@types/react-dom",
  "@vitejs/plugin-react",
  "convex",
  "convex-test",
  "react",
  "react-dom",
  "typescript",
  "vite",
  "vitest",
  "zod",
] as const;

/** Every TypeScript that a host may have, by the name it is installed under. The first is the one its tools find. */
const COMPILERS = {
  typescript: manifest.devDependencies.typescript,
  "typescript-6": "npm:typescript@6.0.3",
  "typescript-7": "npm:typescript@7.0.2",
};

const INSTALL = `npm install ${manifest.name}\n`;
const MOUNT = "app.use(docs);";
const offline = process.env["CONVEX_OFFLINE_CLI"];
const installed = join(host, "node_modules", manifest.name);

runSteps({
  "pack the package and install it": install,
  "paste the README's quick start; mount the component twice, and in a component":
    paste,
  "generate code": generate,
  "compile under strict flags, with TypeScript 5.9, 6 and 7": () => {
    for (const name of Object.keys(COMPILERS)) must(compile(name));
  },
  "deploy, without a deployment": deploy,
  "run the host's own tests": () => must(inHost("npx", "vitest", "run")),
  "build the host's page": () => must(inHost("npx", "vite", "build")),
  "compile with errors planted in our source: the host must not see them":
    plantOurs,
  "compile with an error planted in the host: it must": plantTheirs,
});

function install(): void {
  if (!readFileSync("README.md", "utf8").includes(INSTALL))
    throw new Error(`The README does not say "${INSTALL.trim()}".`);
  must(
    run(
      process.cwd(),
      "npm",
      "pack",
      "--silent",
      "--ignore-scripts",
      "--pack-destination",
      host,
    ),
  );
  const tarball = readdirSync(host).find((name) => name.endsWith(".tgz"));
  const dependencies: Record<string, string> = {
    [manifest.name]: `file:${tarball}`,
  };
  for (const name of HOST_NEEDS) {
    dependencies[name] = manifest.devDependencies[name];
  }
  Object.assign(dependencies, COMPILERS);
  writeFileSync(
    join(host, "package.json"),
    JSON.stringify({
      name: "host",
      private: true,
      type: "module",
      dependencies,
    }),
  );
  must(
    inHost(
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ),
  );
}

function paste(): void {
  for (const [file, code] of filesOf(readSnippets("README.md"))) {
    const path = join(host, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  cpSync("test/consumer/host", host, { recursive: true });
  const config = join(host, "convex/convex.config.ts");
  const text = readFileSync(config, "utf8");
  if (!text.includes(MOUNT))
    throw new Error(`The README's convex.config.ts has no line "${MOUNT}".`);
  const mounts = [
    MOUNT,
    `app.use(docs, { name: "tasks" });`,
    "app.use(shelf);",
  ];
  writeFileSync(
    config,
    `import shelf from "./shelf/convex.config.js";\n${text.replace(MOUNT, mounts.join("\n"))}`,
  );
}

function generate(): void {
  if (offline) {
    must(inHost(process.execPath, resolve(offline), "codegen"));
    return;
  }
  console.log(
    "  skipped: there is no CONVEX_OFFLINE_CLI to ask in place of a deployment. Types are written by hand.",
  );
  const app = join(host, "convex");
  const shelf = join(app, "shelf");
  writeGenerated(shelf, modulesOf(shelf), { docs: manifest.name });
  writeGenerated(app, modulesOf(app), {
    docs: manifest.name,
    tasks: manifest.name,
    shelf: "../shelf",
  });
}

function modulesOf(functions: string): string[] {
  return readdirSync(functions)
    .filter((name) => /^\w+\.ts$/.test(name) && name !== "schema.ts")
    .map((name) => basename(name, ".ts"));
}

/** The whole of what `npx convex deploy` does but for the last step: bundling, analysis, the check of types. */
function deploy(): void {
  if (!offline) {
    console.log("  skipped: there is no CONVEX_OFFLINE_CLI to deploy to.");
    return;
  }
  must(inHost(process.execPath, resolve(offline), "deploy", "--dry-run"));
}

function plantOurs(): void {
  for (const file of [
    "test.ts",
    "client/index.ts",
    "errors/index.ts",
    "component/schema.ts",
  ]) {
    const source = join(installed, "src", file);
    if (!existsSync(source)) throw new Error(`src/${file} is not published.`);
    appendFileSync(source, `\nexport const planted: number = "no number";\n`);
  }
  must(compile("typescript"));
}

function plantTheirs(): void {
  appendFileSync(
    join(host, "convex/taskApi.ts"),
    `\nexport const bad = tasks.create({} as never, { title: 1 });\n`,
  );
  const { status, output } = compile("typescript");
  if (status === 0 || !output.includes("convex/taskApi.ts")) {
    throw new Error("The host compiled a document with a number for a string.");
  }
}

function compile(compiler: string): ReturnType<typeof inHost> {
  const tsc = `node_modules/${compiler}/bin/tsc`;
  return inHost(process.execPath, tsc, "--noEmit");
}
