import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { format } from "prettier";
import { describe, expect, test } from "vitest";
import { MAX_COMPONENT_BYTES } from "../../scripts/push-report.js";

const FOLDER = "../../src/component";
const modules = import.meta.glob<Record<string, unknown>>(
  ["../../src/component/**/*.ts", "!**/_generated/**"],
  { eager: true },
);

/** A validator as Convex's CLI reads it. Source: `convex/values`, `Validator.json`. */
type ValidatorJson =
  | {
      type:
        "any" | "null" | "number" | "bigint" | "boolean" | "string" | "bytes";
    }
  | { type: "id"; tableName: string }
  | { type: "literal"; value: string | number | boolean }
  | { type: "array"; value: ValidatorJson }
  | {
      type: "record";
      keys: ValidatorJson;
      values: { fieldType: ValidatorJson };
    }
  | { type: "union"; value: ValidatorJson[] }
  | {
      type: "object";
      value: Record<string, { fieldType: ValidatorJson; optional: boolean }>;
    };

/** What Convex adds to a function it registers. */
type Registered = {
  isPublic?: true;
  isQuery?: true;
  isMutation?: true;
  isAction?: true;
  exportArgs: () => string;
  exportReturns: () => string;
};

/** Every registered function of the component: its module's path, its name and itself. */
const functions = Object.entries(modules).flatMap(([file, exports]) =>
  Object.entries(exports)
    .filter(([, value]) => typeof value === "function" && "exportArgs" in value)
    .map(([name, value]) => ({
      module: file.slice(FOLDER.length + 1).replace(/\.ts$/, ""),
      name,
      registered: value as Registered,
    })),
);

test("the component has functions", () => {
  expect(functions.length).toBeGreaterThan(4);
});

describe.each(functions)("$module:$name", ({ registered }) => {
  test("declares its args", () => {
    expect(parse(registered.exportArgs())).toMatchObject({ type: "object" });
  });

  test("declares what it returns", () => {
    const returns = parse(registered.exportReturns());
    expect(returns).not.toBeNull();
    expect(returns).not.toEqual({ type: "any" });
  });
});

test("every deployed module has a name that Convex accepts, and lies where reviewers look", () => {
  for (const file of Object.keys(modules)) {
    const path = file.slice(FOLDER.length + 1);
    expect(path).toMatch(/^(?:[A-Za-z0-9_]{1,61}|convex\.config)\.ts$/);
  }
});

test("the committed ComponentApi is what the functions declare", async () => {
  const committed = readFileSync(
    "src/component/_generated/component.ts",
    "utf8",
  );
  const body = committed.slice(committed.indexOf("export type ComponentApi"));
  expect(await pretty(body)).toBe(await pretty(componentApi()));
});

test("the component stays small", async () => {
  const { metafile } = await build({
    entryPoints: ["src/component/*.ts"],
    outdir: "out",
    write: false,
    metafile: true,
    // As the Convex CLI bundles a component. Source: convex, `bundler/index.ts`.
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    conditions: ["convex", "module"],
    define: { "process.env.NODE_ENV": '"production"' },
    minifyIdentifiers: true,
  });
  const bytes = Object.values(metafile.outputs).reduce(
    (sum, output) => sum + output.bytes,
    0,
  );
  expect(bytes).toBeLessThan(MAX_COMPONENT_BYTES);
  expect(
    Object.keys(metafile.inputs).filter((input) =>
      /node_modules\/(?!convex\/)/.test(input),
    ),
  ).toEqual([]);
});

/** The type that the CLI would generate: public functions by module, everything sorted. */
function componentApi(): string {
  const tree: Record<string, Record<string, string>> = {};
  for (const { module, name, registered } of functions) {
    if (!registered.isPublic) continue;
    const kind = registered.isQuery
      ? "query"
      : registered.isMutation
        ? "mutation"
        : "action";
    const args = typeText(parse(registered.exportArgs()));
    const returns = typeText(parse(registered.exportReturns()));
    (tree[module] ??= {})[name] =
      `FunctionReference<"${kind}", "internal", ${args}, ${returns}, Name>`;
  }
  const members = sorted(tree).map(
    ([module, named]) =>
      `${module}: { ${sorted(named)
        .map(([name, type]) => `${name}: ${type}`)
        .join("; ")} }`,
  );
  return `export type ComponentApi<Name extends string | undefined = string | undefined> = { ${members.join("; ")} };`;
}

/** A validator as the CLI writes it in TypeScript. */
function typeText(validator: ValidatorJson | null): string {
  if (validator === null) return "any";
  switch (validator.type) {
    case "id":
      return "string";
    case "bytes":
      return "ArrayBuffer";
    case "literal":
      return JSON.stringify(validator.value);
    case "array":
      return `Array<${typeText(validator.value)}>`;
    case "record":
      return `Record<${typeText(validator.keys)}, ${typeText(validator.values.fieldType)}>`;
    case "union":
      return validator.value.map(typeText).join(" | ");
    case "object":
      return `{ ${sorted(validator.value)
        .map(
          ([name, field]) =>
            `${name}${field.optional ? "?" : ""}: ${typeText(field.fieldType)}`,
        )
        .join("; ")} }`;
    default:
      return validator.type;
  }
}

function sorted<T>(record: Record<string, T>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

function parse(json: string): ValidatorJson | null {
  return JSON.parse(json) as ValidatorJson | null;
}

/** One layout for both sides, so that only the types count. */
function pretty(source: string): Promise<string> {
  return format(source, { parser: "typescript" });
}
