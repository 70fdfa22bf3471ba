import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, test } from "vitest";

// Planted code has no place in a TypeScript program, so rules that ask the type checker are off here.
const eslint = new ESLint({
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false } } },
  ],
});

/** The rules that a file of this content would break at this place. */
async function broken(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  const messages = result?.messages ?? [];
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return messages.map(({ ruleId }) => ruleId ?? "");
}

const IMPORTS = "@typescript-eslint/no-restricted-imports";
const SYNTAX = "no-restricted-syntax";

describe("imports run one way", () => {
  test.each([
    ["src/errors", "../shared/documents.js"],
    ["src/errors", "convex/values"],
    ["src/shared", "../model/paginate.js"],
    ["src/shared", "../client/docs.js"],
    ["src/shared", "../component/_generated/dataModel.js"],
    ["src/model", "../component/documents.js"],
    ["src/model", "../client/docs.js"],
    ["src/model/deep", "../../client/docs.js"],
    ["src/component", "../client/docs.js"],
    ["src/component", "../react/index.js"],
    ["src/client", "../model/paginate.js"],
    ["src/client", "../component/documents.js"],
    ["src/client", "../component/_generated/api.js"],
    ["src/client", "../webhooks/index.js"],
    ["src/client", "../react/index.js"],
    ["src/webhooks", "../client/docs.js"],
    ["src/webhooks/schemes", "../../jobs/index.js"],
    ["src/jobs", "../model/paginate.js"],
    ["src/react", "../model/paginate.js"],
    ["src/react", "../component/documents.js"],
  ])("%s may not import %s", async (folder, specifier) => {
    for (const statement of ["import type { X }", "export type { X }"]) {
      const code = `${statement} from "${specifier}";`;
      expect(await broken(`${folder}/planted.ts`, code)).toContain(IMPORTS);
    }
  });

  test.each([
    ["src/shared", "../errors/codes.js"],
    ["src/model", "../shared/documents.js"],
    ["src/model", "../errors/codes.js"],
    ["src/model", "./document.js"],
    ["src/model/retention", "../jobs/run.js"],
    ["src/model/webhooks", "../paginate.js"],
    ["src/model", "../component/_generated/api.js"],
    ["src/component", "../model/paginate.js"],
    ["src/component", "./_generated/server.js"],
    ["src/client", "../shared/documents.js"],
    ["src/client", "convex/server"],
    ["src/webhooks/schemes", "../source.js"],
    ["src/react", "../client/types.js"],
    ["src/react", "react"],
    ["src/react", "convex/react"],
  ])("%s may import %s", async (folder, specifier) => {
    const code = `export { X } from "${specifier}";`;
    expect(await broken(`${folder}/planted.ts`, code)).not.toContain(IMPORTS);
  });

  test.each([
    ["src/model", "../component/_generated/dataModel.js"],
    ["src/model", "../component/_generated/server.js"],
    ["src/client", "../component/_generated/component.js"],
  ])("%s may import only types of %s", async (folder, specifier) => {
    const file = `${folder}/planted.ts`;
    const from = `{ X } from "${specifier}";`;
    expect(await broken(file, `export type ${from}`)).toEqual([]);
    expect(await broken(file, `export ${from}`)).toContain(IMPORTS);
  });
});

describe("what a deployment cannot run, or pays for", () => {
  const folders = ["src/component", "src/model"];

  test.each([
    ["native pagination", SYNTAX, `export const f = (q) => q.paginate({});`],
    [".collect()", SYNTAX, `export const f = (q) => q.collect();`],
    ["ctx.auth", SYNTAX, `export const f = (ctx) => ctx.auth;`],
    [
      "ctx.auth taken apart",
      SYNTAX,
      `export const f = (ctx) => { const { auth } = ctx; return auth; };`,
    ],
    [
      "auth taken from a handler's ctx",
      SYNTAX,
      `export const f = { handler: ({ auth }) => auth };`,
    ],
    [
      "v.id() in public args",
      SYNTAX,
      `export const f = mutation({ args: { id: v.optional(v.id("documents")) } });`,
    ],
    [
      "process.env",
      "no-restricted-globals",
      `export const f = () => process.env.KEY;`,
    ],
    [
      "Buffer",
      "no-restricted-globals",
      `export const f = () => Buffer.from("a");`,
    ],
    ["a Node built-in", IMPORTS, `export { createHash } from "node:crypto";`],
    [
      "zod as a value",
      IMPORTS,
      `import { z } from "zod"; export const f = z.string();`,
    ],
    [
      "a zod subpath as a value",
      IMPORTS,
      `export { safeParse } from "zod/v4/core";`,
    ],
    ["React", IMPORTS, `export { useState } from "react";`],
  ])("%s is refused", async (_, rule, code) => {
    for (const folder of folders) {
      expect(await broken(`${folder}/planted.ts`, code)).toContain(rule);
    }
  });

  test("zod's types cost nothing and may be imported", async () => {
    const code = `export type { ZodType } from "zod";`;
    expect(await broken("src/model/planted.ts", code)).toEqual([]);
  });

  test("an internal function may take an id of the component's own tables", async () => {
    const code = `export const f = internalMutation({ args: { id: v.id("documents") } });`;
    expect(await broken("src/component/planted.ts", code)).not.toContain(
      SYNTAX,
    );
  });

  test("a public function without an args validator is refused", async () => {
    const code = `import { query } from "./_generated/server.js";\nexport const f = query({ handler: async () => null });`;
    const rules = await broken("src/component/planted.ts", code);
    expect(rules).toContain("@convex-dev/require-args-validator");
  });

  test("an unbounded read in the example app is refused", async () => {
    const code = `import { query } from "./_generated/server.js";\nexport const f = query({ args: {}, handler: (ctx) => ctx.db.query("a").collect() });`;
    const rules = await broken("example/convex/planted.ts", code);
    expect(rules).toContain("@convex-dev/no-collect-in-query");
  });
});

test("a function that does not fit a screen is warned about", async () => {
  const lines = (count: number) =>
    `export function planted() {\n${"  planted();\n".repeat(count - 2)}}`;
  const rule = "max-lines-per-function";
  expect(await broken("src/model/planted.ts", lines(61))).toContain(rule);
  expect(await broken("src/model/planted.ts", lines(60))).not.toContain(rule);
});
