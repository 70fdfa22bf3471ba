/**
 * The pages for what reads no HTML: `llms.txt` is a list of them, `llms-full.txt` is all of them. Format: llmstxt.org.
 */
import type { Group } from "./navigation.js";
import { summaryOf, titleOf } from "./navigation.js";
import type { Page } from "./pages.js";

/** @param base the site's address, or its path, with a slash at the end. */
export function llmsTxt(
  name: string,
  description: string,
  groups: Group[],
  pages: Page[],
  base: string,
): string {
  const lines = groups.map((group) => {
    const items = group.pages.map((path) => {
      const { markdown } = pageAt(pages, path);
      return `- [${titleOf(markdown)}](${base}${path}): ${summaryOf(markdown)}`;
    });
    return `## ${group.name}\n\n${items.join("\n")}`;
  });
  return `# ${name}\n\n> ${description}\n\n${lines.join("\n\n")}\n`;
}

/** Every page that somebody wrote, whole, in the order of the sidebar. */
export function llmsFullTxt(groups: Group[], pages: Page[]): string {
  return groups
    .flatMap((group) => group.pages)
    .map((path) => pageAt(pages, path).markdown)
    .join("\n");
}

function pageAt(pages: Page[], path: string): Page {
  const page = pages.find((one) => one.path === path);
  if (page) return page;
  throw new Error(`There is no page ${path}.`);
}
