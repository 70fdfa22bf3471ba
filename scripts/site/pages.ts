/**
 * The Markdown of `docs/` and the README as the site's: what only GitHub or the compiler reads is left out, and links lead to
 * pages of the site, or to the repository for what is none.
 */
import { posix } from "node:path";
import { CODES } from "../../src/errors/codes.js";

/** A page: `path` is where it lies on the site, `source` the file that it is edited in, or `null` if a program wrote it. */
export type Page = { path: string; source: string | null; markdown: string };

/**
 * A page of `docs/`, or the README, for the site.
 *
 * @param repository its address, without a slash at the end.
 */
export function toSitePage(
  source: string,
  text: string,
  path: string,
  repository: string,
): Page {
  // The README names its images by address, for other sites that show it.
  const images = `${repository.replace("//github.com/", "//raw.githubusercontent.com/")}/main/`;
  const markdown = outsideCode(withoutComments(text), (prose) =>
    prose
      .replaceAll(
        `](${images}docs/`,
        `](${posix.relative(posix.dirname(source), "docs")}/`,
      )
      .replaceAll(/\]\(([^)\s]+)\)/g, (whole, link: string) =>
        /^[a-z]+:/.test(link)
          ? whole
          : `](${linkFrom(source, link, path, repository)})`,
      ),
  );
  return { path, source, markdown: `${withDemo(markdown, path).trim()}\n` };
}

/** A mark for the demo, `<!-- demo #/board: Drag cards -->`, says what to do and at which place of the demo. */
const DEMO = /^<!-- demo (#\S+): (.+?) -->$/gm;

/** With a link to the demo for each mark, which plain Markdown keeps and the site replaces by the demo. */
function withDemo(markdown: string, path: string): string {
  const address = relative(path, "demo/index.html");
  return outsideCode(markdown, (prose) =>
    prose.replaceAll(
      DEMO,
      (_, route: string, title: string) =>
        `[Try it: ${title}](${address}${route})`,
    ),
  );
}

/** The page of the errors without the sections of the codes, and a page for each of those. */
export function errorPages(text: string, repository: string): Page[] {
  const source = "docs/errors.md";
  const section = /^### ([A-Z_]+)\n([\s\S]*?)(?=^##)/gm;
  const rest = text.replaceAll(section, "");
  const pages = [...text.matchAll(section)].map(([, code = "", body = ""]) => {
    const row = new RegExp(
      `^\\| \\[\`${code}\`\\].*\\| (\\d{3}) +\\| (.*?) *\\|$`,
      "m",
    );
    const [, status = "", summary = ""] = row.exec(text) ?? [];
    return toSitePage(
      source,
      `# ${code}\n\n${summary} HTTP ${status}.\n${body}\nHow a client recognises an error: [on the client](#on-the-client).\n`,
      errorPath(code),
      repository,
    );
  });
  return [toSitePage(source, rest, "errors.md", repository), ...pages];
}

/** What a page says about where it comes from. VitePress reads it, and who reads the Markdown does not see it. */
export function withFrontmatter(
  { source, markdown }: Page,
  repository: string,
): string {
  const matter =
    source === null
      ? { editLink: false }
      : { edit: `${repository}/edit/main/${source}` };
  // JSON is YAML.
  return `---\n${JSON.stringify(matter)}\n---\n\n${markdown}`;
}

function linkFrom(
  source: string,
  link: string,
  path: string,
  repository: string,
): string {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? source : posix.join(posix.dirname(source), file);
  const hash = anchor === undefined ? "" : `#${anchor}`;
  const page = sitePathOf(target);
  if (page === null) return `${repository}/blob/main/${target}${hash}`;
  const code = CODES.find((one) => one.toLowerCase() === anchor);
  if (page === "errors.md" && code) return relative(path, errorPath(code));
  return page === path && hash !== "" ? hash : `${relative(path, page)}${hash}`;
}

/** Where a file of the repository lies on the site, or `null`. */
function sitePathOf(file: string): string | null {
  if (file === "README.md") return "index.md";
  return /^docs\/(?!api\/).*\.(?:md|png|svg)$/.test(file)
    ? file.slice("docs/".length)
    : null;
}

const errorPath = (code: string) => `errors/${code.toLowerCase()}.md`;

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** Without what stands around code for the compiler, marks for other programs, and the README's badges: a page asks no other site. */
function withoutComments(text: string): string {
  return outsideCode(text, (prose) =>
    prose.replaceAll(/^<!--(?! demo )[\s\S]*?-->\n*|^\[!\[.*\n/gm, ""),
  );
}

function outsideCode(text: string, change: (prose: string) => string): string {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
}
