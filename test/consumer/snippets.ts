/**
 * The TypeScript in a Markdown file. A block whose first line is a comment with a path, `// convex/documents.ts`, is that
 * file of the app which the page builds up. A comment of HTML right before a block may give what stands around it, which the
 * reader can do without:
 *
 *     <!-- within
 *     import { stripe } from "@acme/convex-docs/webhooks";
 *     export const sources = { HERE };
 *     -->
 */
import { readFileSync } from "node:fs";

export type Snippet = {
  /** The file it is, if it says so. */
  file: string | null;
  code: string;
  /** Line of the page where the code begins, from 1. */
  line: number;
  extension: "ts" | "tsx";
};

const FENCE =
  /(?:<!-- within\n([\s\S]*?)\n-->\n+)?^```(ts|tsx)\n([\s\S]*?)^```$/gm;
const PATH = /^\/\/ ([\w./-]+\.tsx?)\b/;

export function readSnippets(page: string): Snippet[] {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(FENCE)].map((match) => {
    const [whole, around = "HERE", extension, code = ""] = match;
    const before =
      text.slice(0, match.index) + whole.slice(0, whole.indexOf("```"));
    return {
      file: PATH.exec(code)?.[1] ?? null,
      code: around.replace("HERE", () => code),
      line: before.split("\n").length + 1,
      extension: extension === "tsx" ? "tsx" : "ts",
    };
  });
}

/** The files that the snippets of a page make up, each shown once. */
export function filesOf(snippets: Snippet[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, code, line } of snippets) {
    if (file === null) continue;
    if (files.has(file)) throw new Error(`Line ${line} shows ${file} again.`);
    files.set(file, code);
  }
  return files;
}
