import { describe, expect, test } from "vitest";
import { readAll } from "../../scripts/audit/files.js";
import { audit, type Files } from "../../scripts/audit/gates.js";

const files = readAll();
const CONFIG = "src/component/convex.config.ts";

/** The gates that these files do not pass, in the order of the review. */
function failing(changed: Files): string[] {
  return audit({ ...files, ...changed })
    .filter(({ problems }) => problems.length > 0)
    .map(({ gate }) => gate);
}

test.each(audit(files))("gate $gate: $title", ({ problems }) => {
  expect(problems).toEqual([]);
});

describe("a gate is shut for", () => {
  const planted = (source: string) => ({
    "src/component/planted.ts": `import { mutation, query, internalQuery } from "./_generated/server.js";\n${source}`,
    "src/client/planted.ts": "component.planted.made",
  });
  const manifest = (change: object) => ({
    "package.json": JSON.stringify({
      ...(JSON.parse(files["package.json"]!) as object),
      ...change,
    }),
  });
  const good = `args: {}, returns: v.null(), handler: async () => null`;

  test.each<[string, string[], Files]>([
    [
      "nothing, where nothing is wrong",
      [],
      planted(`export const made = query({ ${good} });`),
    ],
    [
      "a component without a definition",
      ["1"],
      { [CONFIG]: "export default {};" },
    ],
    [
      "a package that cannot be mounted",
      ["2 and form"],
      manifest({ exports: {} }),
    ],
    [
      "a package that runs a script when it is installed",
      ["2 and form"],
      manifest({ scripts: { postinstall: "node x.js" } }),
    ],
    [
      "a dependency that does",
      ["2 and form"],
      {
        "package-lock.json": `{"packages":{"node_modules/a":{"hasInstallScript":true}}}`,
      },
    ],
    [
      "a readme without markers",
      ["2 and form"],
      { "README.md": "npm install @acme/convex-docs" },
    ],
    [
      "a builder from elsewhere",
      ["4"],
      {
        ...planted(""),
        "src/component/planted.ts": `import { query } from "convex/server";\nexport const made = query({ ${good} });`,
      },
    ],
    [
      "a bare handler",
      ["5", "6", "14"],
      planted("export const made = query(async () => null);"),
    ],
    [
      "a public function without args",
      ["6"],
      planted(
        `export const made = query({ returns: v.null(), handler: async () => null });`,
      ),
    ],
    [
      "a function that returns undefined",
      ["7"],
      planted(
        `export const made = query({ args: {}, returns: undefined, handler: async () => {} });`,
      ),
    ],
    [
      "a component that asks who is signed in",
      ["8"],
      planted(
        `export const made = query({ args: {}, returns: v.null(), handler: async (ctx) => ctx.auth.getUserIdentity() });`,
      ),
    ],
    [
      "a public function that nobody calls",
      ["9"],
      planted(`export const other = query({ ${good} });`),
    ],
    [
      "an internal function that nobody calls",
      ["9"],
      planted(`export const made = internalQuery({ ${good} });`),
    ],
    [
      "a read without a bound",
      ["10"],
      planted("const all = await ctx.db.query('a').collect();"),
    ],
    [
      "a type that is any",
      ["11"],
      planted("export type Made = { value: any };"),
    ],
    [
      "an identity with a default",
      ["12"],
      { "src/client/options.ts": "identify?: () => null;" },
    ],
    [
      "a client that reads tables",
      ["13"],
      { "src/client/planted.ts": "ctx.db.get(id)" },
    ],
    [
      "a function without returns",
      ["14"],
      planted(
        "export const made = query({ args: {}, handler: async () => null });",
      ),
    ],
    [
      "code made at run time",
      ["security"],
      { "src/client/planted.ts": "new Function(text)" },
    ],
  ])("%s", (_, gates, changed) => {
    expect(failing(changed)).toEqual(gates);
  });
});
