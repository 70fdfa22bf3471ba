/**
 * What the Convex components directory asks of a package before it lists one, asked here of ours. The numbers are those of
 * its review: 1 to 9 are hard gates, 10 to 14 advice. Source: get-convex/components-submissions-directory, `aiReview.ts`
 * (criteria) and `SubmitForm.tsx` (submission).
 */
import { importsOf, modulesOf, type Files } from "./modules.js";
import { packageProblems } from "./package.js";

export type { Files };

export type Finding = {
  /** Number in the review, or what else it belongs to. */
  gate: string;
  title: string;
  /** What is wrong; nothing if it holds. */
  problems: string[];
};

const COMPONENT = "src/component/";

/** Every gate, with what is wrong in these files. */
export function audit(files: Files): Finding[] {
  const modules = modulesOf(files, COMPONENT);
  const functions = modules.flatMap((module) => module.functions);
  const publics = functions.filter(({ isInternal }) => !isInternal);
  const internals = functions.filter(({ isInternal }) => isInternal);
  const code = Object.entries(files).filter(([path]) =>
    /^src\/.*\.tsx?$/.test(path),
  );
  const component = code.filter(([path]) =>
    /^src\/(?:component|model)\//.test(path),
  );
  const callers = code.filter(([path]) =>
    /^src\/(?:client|webhooks|jobs)\//.test(path),
  );
  const within = (sources: [string, string][], pattern: RegExp) =>
    sources
      .filter(([, text]) => pattern.test(withoutComments(text)))
      .map(([path]) => `${path} has ${String(pattern)}`);

  const gate = (number: string, title: string, problems: string[]) => ({
    gate: number,
    title,
    problems,
  });
  return [
    gate("1", "convex.config.ts exports one defineComponent()", [
      ...missing(
        files[`${COMPONENT}convex.config.ts`],
        /export default defineComponent\("\w+"/,
        "src/component/convex.config.ts",
      ),
    ]),
    gate("2 and form", "package.json and README", packageProblems(files)),
    gate(
      "3",
      "the component has functions",
      publics.length > 0 ? [] : ["There is no public function."],
    ),
    gate(
      "4",
      "builders come from the component's own ./_generated/server",
      modules.flatMap(({ path, functions: own }) => {
        const imported = importsOf(files[path] ?? "", "./_generated/server.js");
        return own
          .filter(({ builder }) => !imported.includes(builder))
          .map(({ name, builder }) => `${path}: ${name} is made by ${builder}`);
      }),
    ),
    gate(
      "5",
      "every function is written with the object syntax",
      functions
        .filter(({ properties }) => !properties?.has("handler"))
        .map(({ name }) => `${name} is not`),
    ),
    gate("6", "every public function declares args", without("args", publics)),
    gate(
      "7",
      "a function that returns nothing says v.null()",
      functions
        .filter(({ properties }) =>
          /^(?:undefined|v\.any\(\))$/.test(properties?.get("returns") ?? ""),
        )
        .map(({ name }) => `${name} does not`),
    ),
    gate(
      "8",
      "no ctx.auth in component code",
      within(component, /ctx\.auth\b/),
    ),
    gate("9", "what only the component calls is internal", [
      ...publics
        .filter((called) => !isReached(callers, "component", called))
        .map(({ id }) => `${id} is public, and no client of ours calls it`),
      ...internals
        .filter((called) => !isReached(component, "internal", called))
        .map(({ id }) => `${id} is internal, and nothing in it calls it`),
    ]),
    gate(
      "10",
      "indexes instead of filters",
      within(component, /\.filter\(\(q\)|\.collect\(\)/),
    ),
    gate("11", "shapes come from validators: no `any`", [
      ...within(code, /:\s*any\b|<any>|\bas any\b/),
    ]),
    gate(
      "12",
      "who calls is said by a callback that the host cannot leave out",
      [
        ...missing(
          files["src/client/options.ts"],
          /^ {2}identify: \(ctx: Ctx\) =>/m,
          "src/client/options.ts",
        ),
      ],
    ),
    gate("13", "clients call public functions across the boundary", [
      ...within(callers, /ctx\.db\b/),
    ]),
    gate(
      "14",
      "every function declares returns",
      without("returns", functions),
    ),
    gate(
      "security",
      "no code is made at run time, no environment read in the component",
      [
        ...within(code, /\beval\(|new Function\(/),
        ...within(component, /process\.env|"use node"/),
      ],
    ),
  ];
}

type Named = ReturnType<typeof modulesOf>[number]["functions"][number];

function without(property: string, functions: Named[]): string[] {
  return functions
    .filter(({ properties }) => !properties?.has(property))
    .map(({ id }) => `${id} has no ${property}`);
}

/**
 * Whether the sources reach a function: `component.documents.get`, `component.documents[operation]`,
 * `{ get } = component.documents`, or `{ documents } = component` and then `documents.get`; with `root` for `component`. The
 * component itself may also use a reference by path, `"deliveries:attempt"`.
 */
function isReached(
  sources: [string, string][],
  root: "component" | "internal",
  { module, name }: Named,
): boolean {
  const ways = [
    `"${module}:${name}"`,
    `${root}\\.${module}(?:\\.${name}\\b|\\[)`,
    `\\{[^}]*\\b${name}\\b[^}]*\\} =\\s+[\\w.]*${root}\\.${module};`,
    `\\b${module} \\} = [\\w.]*${root};[\\s\\S]*\\b${module}\\.${name}\\b`,
  ].map((way) => new RegExp(way));
  return sources.some(([, text]) => ways.some((way) => way.test(text)));
}

function missing(
  text: string | undefined,
  pattern: RegExp,
  path: string,
): string[] {
  return text !== undefined && pattern.test(text)
    ? []
    : [`${path} does not match ${String(pattern)}`];
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
}
