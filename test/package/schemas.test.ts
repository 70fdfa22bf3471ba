/**
 * What docs/documents.md says that the libraries for a `schema` weigh.
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { bundle } from "../../bench/bundle/measure.js";
import { compileSources } from "../../bench/types/compiler.js";

const HOST = (imports: string, schema: string) => `
import { Docs } from "@acme/convex-docs";
import type { ComponentApi } from "@acme/convex-docs/_generated/component.js";
import { v as c } from "convex/values";
${imports}

declare const components: { docs: ComponentApi<"docs"> };
export const docs = new Docs(components.docs, {
  fields: { title: c.string(), slug: c.string(), priority: c.number(), tags: c.array(c.string()) },
  identify: () => null,
  ${schema === "" ? "" : `schema: ${schema},`}
});
export const { create, get, list, update, remove } = docs.api();
`;
const ZOD = `z.object({
  title: z.string().trim().min(1).max(200),
  slug: z.string().regex(/^[a-z0-9-]+$/),
  priority: z.number().int().min(1).max(5),
  tags: z.array(z.string().min(1)).max(10),
})`;
const LIBRARIES = {
  "Valibot, `import * as v`": {
    imports: `import * as v from "valibot";`,
    schema: `v.object({
  title: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  slug: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  priority: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)),
  tags: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.maxLength(10)),
})`,
  },
  "`zod/mini`, `import * as z`": {
    imports: `import * as z from "zod/mini";`,
    schema: `z.object({
  title: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
  slug: z.string().check(z.regex(/^[a-z0-9-]+$/)),
  priority: z.number().check(z.int(), z.gte(1), z.lte(5)),
  tags: z.array(z.string().check(z.minLength(1))).check(z.maxLength(10)),
})`,
  },
  "`zod`, `import * as z`": {
    imports: `import * as z from "zod";`,
    schema: ZOD,
  },
  "`zod`, `import { z }`": {
    imports: `import { z } from "zod";`,
    schema: ZOD,
  },
};

/** The row of a library: kB minified, kB gzipped, instantiations. */
function said(library: string): number[] {
  const row = readFileSync("docs/documents.md", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`| ${library} `));
  return [...(row ?? "").matchAll(/\| *([\d,.]+)(?: kB)? *(?=\|)/g)].map(
    ([, text = ""]) => Number(text.replaceAll(",", "")),
  );
}

/** Whether a figure is what the page says, but for rounding and for what another version of a tool makes of it. */
const close = (figure: number, said: number) =>
  expect(Math.abs(figure - said)).toBeLessThanOrEqual(
    Math.max(said * 0.1, 0.5),
  );

const compile = (host: string) =>
  compileSources("schema", { "documents.ts": host });
let plain: ReturnType<typeof compile>;
beforeAll(() => {
  plain = compile(HOST("", ""));
});

test.each(Object.entries(LIBRARIES))(
  "%s weighs what the page says",
  async (library, { imports, schema }) => {
    const [minified = 0, gzip = 0, instantiations = 0] = said(library);
    const code = `${imports}\nexport const schema = ${schema};`;
    const weight = await bundle({ name: library, code });
    const host = compile(HOST(imports, schema));
    expect([...host.errors, ...plain.errors]).toEqual([]);
    close(weight.minified / 1000, minified);
    close(weight.gzip / 1000, gzip);
    close(host.instantiations - plain.instantiations, instantiations);
  },
);
