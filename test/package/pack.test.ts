import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import lock from "../../package-lock.json" with { type: "json" };
import manifest from "../../package.json" with { type: "json" };

type Target = string | { types: string; default?: string };

let packed: string[] = [];

beforeAll(() => {
  // Without scripts: the suite has built the package, and must not do so again under the feet of other tests.
  const output = execFileSync(
    "npm",
    ["pack", "--dry-run", "--json", "--ignore-scripts"],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  packed = filesOf(JSON.parse(output));
});

/** The files of a pack report: one entry a package, in an array or, since npm 12, by name. */
function filesOf(report: unknown): string[] {
  const [entry] = Object.values(report as object) as {
    files: { path: string }[];
  }[];
  return (entry?.files ?? []).map(({ path }) => path);
}

describe("the tarball", () => {
  test.each(
    Object.entries<Target>(manifest.exports).flatMap(([entry, target]) =>
      (typeof target === "string" ? [target] : Object.values(target)).map(
        (file) => [entry, file],
      ),
    ),
  )("%s leads to %s", (_, file) => {
    expect(packed).toContain(file.replace(/^\.\//, ""));
  });

  test("holds the licence, the readme, the changelog and what agents read", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "llms.txt",
        "package.json",
      ]),
    );
  });

  test("holds only what is published", () => {
    const strangers = packed.filter(
      (path) =>
        !/^(?:dist|src|skills)\/|^(?:LICENSE|README\.md|CHANGELOG\.md|llms\.txt|package\.json)$/.test(
          path,
        ),
    );
    expect(strangers).toEqual([]);
    expect(
      packed.filter((path) => /\.(?:test|spec|test-d)\./.test(path)),
    ).toEqual([]);
  });

  test("has the source that every source map names", () => {
    for (const map of packed.filter((path) => path.endsWith(".map"))) {
      const { sources } = JSON.parse(readFileSync(map, "utf8")) as {
        sources: string[];
      };
      for (const source of sources) {
        const path = new URL(source, `file:///${map}`).pathname.slice(1);
        expect(packed, `${map} names ${source}`).toContain(path);
      }
    }
  });

  test("deploys one module for each module of the source, and nothing of ours besides", () => {
    const modules = (folder: string, extension: string) =>
      packed
        .filter(
          (path) =>
            path.startsWith(`${folder}/component/`) &&
            path.endsWith(extension) &&
            !path.endsWith(".d.ts"),
        )
        .map((path) => path.slice(folder.length).replace(extension, ""));
    expect(modules("dist", ".js")).toEqual(modules("src", ".ts"));
  });
});

test("what runs has no value import of zod, and none of a Node built-in", () => {
  const runs = packed.filter(
    (path) => path.startsWith("dist/") && path.endsWith(".js"),
  );
  expect(runs.length).toBeGreaterThan(10);
  for (const path of runs) {
    expect(readFileSync(path, "utf8"), path).not.toMatch(
      /from\s*"(?:zod|node:)/,
    );
  }
});

describe("the entry for errors", () => {
  test("imports nothing but itself", () => {
    for (const path of packed.filter((file) =>
      /^dist\/errors\/.*\.js$/.test(file),
    )) {
      const specifiers = [
        ...readFileSync(path, "utf8").matchAll(/from\s*"([^"]+)"/g),
      ].map(([, from]) => from);
      expect(
        specifiers.filter((specifier) => !specifier?.startsWith("./")),
      ).toEqual([]);
    }
  });
});

describe("package.json", () => {
  test("runs nothing when it is installed", () => {
    expect(Object.keys(manifest.scripts)).not.toEqual(
      expect.arrayContaining(["install"]),
    );
    for (const hook of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts).not.toHaveProperty(hook);
    }
  });

  test("has an entry for every folder of the source that is one", () => {
    for (const [folder, entry] of [
      ["errors", "./errors"],
      ["webhooks", "./webhooks"],
      ["jobs", "./jobs"],
      ["react", "./react"],
    ] as const) {
      const exists = ["ts", "tsx"].some((extension) =>
        existsSync(`src/${folder}/index.${extension}`),
      );
      expect(Object.hasOwn(manifest.exports, entry), entry).toBe(exists);
    }
  });

  test("declares every package that the source imports", () => {
    const declared = Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
    });
    const files = packed.filter((path) => /^src\/.*\.tsx?$/.test(path));
    const imported = files.flatMap((path) =>
      [
        ...readFileSync(path, "utf8").matchAll(
          /^(?:import|export)[^;]*? from "([^".][^"]*)"/gm,
        ),
      ].map(([, from]) => packageOf(from!)),
    );
    expect(new Set(imported).size).toBeGreaterThan(1);
    expect(
      [...new Set(imported)].filter((name) => !declared.includes(name)),
    ).toEqual([]);
  });

  test("has a lock file without addresses", () => {
    expect(JSON.stringify(lock)).not.toMatch(
      /"resolved"|https?:\/\/(?:[^"]*registry|[^"]*\.tgz)/,
    );
    expect(lock.packages[""].version).toBe(manifest.version);
  });

  test("has a lock file with every dependency, for every platform", () => {
    type Locked = { dependencies?: object; optionalDependencies?: object };
    // Most entries of a lock file have neither.
    const packages = Object.entries(
      lock.packages as Record<string, Locked & { version?: string }>,
    );
    const missing = packages.flatMap(
      ([path, { dependencies, optionalDependencies }]) =>
        Object.keys({ ...dependencies, ...optionalDependencies })
          .filter(
            (name) =>
              !packages.some(([other]) =>
                other.endsWith(`node_modules/${name}`),
              ),
          )
          .map((name) => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
