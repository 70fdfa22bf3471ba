/**
 * The order of the site's pages: the table of the README's "Documentation", a row for each group.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Group = { name: string; pages: string[] };

/** A page of `docs/`, by its path in there: `errors.md`, `recipes/nextjs.md`. */
function docsPages(): string[] {
  return readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("api"))
    .sort();
}

/** @throws Error if a page stands in no group, or a group names what is no page. */
export function readNavigation(
  readme = readFileSync("README.md", "utf8"),
  pages = docsPages(),
): Group[] {
  const [, section = ""] =
    /^## Documentation\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(readme) ?? [];
  const groups = [
    ...section.matchAll(/^\| \*\*(.+?)\*\* +\| (.*?) *\|$/gm),
  ].map(([, name = "", cell = ""]) => ({
    name,
    pages: [...cell.matchAll(/\]\(\.\/docs\/([\w/-]+\.md)\)/g)].map(
      ([, page]) => page ?? "",
    ),
  }));
  const named = groups.flatMap((group) => group.pages);
  const missing = pages.filter((page) => !named.includes(page));
  const unknown = named.filter((page) => !pages.includes(page));
  if (missing.length + unknown.length > 0) {
    throw new Error(
      `The table of the README's "Documentation" names each page of docs/ once. Missing: ${missing.join(", ") || "none"}. Not on the disk: ${unknown.join(", ") || "none"}.`,
    );
  }
  return groups;
}

/** The first heading of a page. */
export function titleOf(markdown: string): string {
  return /^# (.*)$/m.exec(markdown)?.[1] ?? "";
}

/** The first sentence of a page, without markup. */
export function summaryOf(markdown: string): string {
  const paragraph =
    /^# .*\n+(?:<!--[\s\S]*?-->\n+)*([^#\n|`][^]*?)\n\n/m.exec(markdown)?.[1] ??
    "";
  const plain = paragraph
    .replaceAll("\n", " ")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[*`]/g, "");
  return /^.*?[.:](?= |$)/.exec(plain)?.[0].replace(/:$/, ".") ?? plain;
}

/** Every file below a folder, by its path in there. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
