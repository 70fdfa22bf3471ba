/**
 * `npm run build:site`: the documentation site, in `site/.vitepress/dist`, from `docs/`, the README and the comments in the
 * source. `SITE_BASE` is the path that it will be served from, `/` unless told.
 *
 * The demo in the page is part of it, beside the tasks that it shows. It fails if a page stands in no group, or a link leads
 * nowhere.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { brokenLinks } from "./links.js";
import { llmsFullTxt, llmsTxt } from "./llms.js";
import {
  filesBelow,
  readNavigation,
  titleOf,
  type Group,
} from "./navigation.js";
import { errorPages, toSitePage, withFrontmatter, type Page } from "./pages.js";

const PAGES = "site/pages";
const OUT = "site/.vitepress/dist";
const base = process.env["SITE_BASE"] ?? "/";
const repository = manifest.repository.url.replace(/^git\+|\.git$/g, "");

installVitePress();
rmSync(PAGES, { recursive: true, force: true });
rmSync(OUT, { recursive: true, force: true });
run("typedoc", ["--out", join(PAGES, "api"), "--logLevel", "Warn"]);

const groups = readNavigation();
const pages = [...writtenPages(), ...apiPages()];
writePages();
run("../../site/node_modules/.bin/vitepress", ["build", "site"]);

// Built before: see package.json.
cpSync("demo-dist", join(OUT, "demo"), { recursive: true });
// As plain Markdown too, at the page's address with another ending.
for (const { path, markdown } of pages) write(join(OUT, path), markdown);
const { description } = manifest;
write(
  join(OUT, "llms.txt"),
  llmsTxt(manifest.name, description, groups, pages, base),
);
write(join(OUT, "llms-full.txt"), llmsFullTxt(groups, pages));

const broken = brokenLinks(OUT, base);
if (broken.length > 0) {
  throw new Error(`Links that lead nowhere:\n${broken.join("\n")}`);
}
console.log(`${pages.length} pages in ${OUT}. Every link leads somewhere.`);

function installVitePress(): void {
  const installed = "site/node_modules/.package-lock.json";
  const isCurrent =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync("site/package-lock.json").mtimeMs;
  if (isCurrent) return;
  execFileSync("npm", ["ci", "--prefix", "site", "--no-audit", "--no-fund"], {
    stdio: "inherit",
  });
}

function run(command: string, args: string[]): void {
  execFileSync(join("node_modules/.bin", command), args, { stdio: "inherit" });
}

/** The README as the first page, and what is in `docs/`. */
function writtenPages(): Page[] {
  const readme = readFileSync("README.md", "utf8");
  const docs = groups
    .flatMap((group) => group.pages)
    .flatMap((path) => {
      const source = `docs/${path}`;
      const text = readFileSync(source, "utf8");
      return path === "errors.md"
        ? errorPages(text, repository)
        : [toSitePage(source, text, path, repository)];
    });
  return [toSitePage("README.md", readme, "index.md", repository), ...docs];
}

/** The reference, as TypeDoc wrote it. Its folders' pages are called as a server of files expects it. */
function apiPages(): Page[] {
  const folder = join(PAGES, "api");
  return filesBelow(folder).map((file) => {
    const markdown = readFileSync(join(folder, file), "utf8");
    rmSync(join(folder, file));
    return {
      path: join("api", file.replace(/README\.md$/, "index.md")),
      source: null,
      markdown: markdown.replaceAll(/(\]\([^)]*)README\.md/g, "$1index.md"),
    };
  });
}

function writePages(): void {
  for (const page of pages) {
    write(join(PAGES, page.path), withFrontmatter(page, repository));
  }
  cpSync("docs/images", join(PAGES, "images"), { recursive: true });
  cpSync("docs/cost-by-size.svg", join(PAGES, "cost-by-size.svg"));
  mkdirSync(join(PAGES, "public"), { recursive: true });
  cpSync("docs/images/logo.svg", join(PAGES, "public/logo.svg"));
  write(
    join(PAGES, "site.json"),
    JSON.stringify({
      title: "Convex Docs",
      description: manifest.description,
      repository,
      sidebar: groups.map(toSidebar),
      apiSidebar: apiSidebar(),
    }),
  );
}

type Item = {
  text: string;
  link?: string;
  items?: Item[];
  collapsed?: boolean;
};

function toSidebar({ name, pages: paths }: Group): Item {
  return { text: name, items: paths.map((path) => itemOf(path)) };
}

function itemOf(path: string): Item {
  const page = pages.find((one) => one.path === path);
  const below = pages.filter((one) => dirname(one.path) === path.slice(0, -3));
  return {
    text: titleOf(page?.markdown ?? ""),
    link: `/${path.slice(0, -3)}`,
    ...(below.length > 0
      ? { collapsed: true, items: below.map((one) => itemOf(one.path)) }
      : {}),
  };
}

/** Entry by entry, what it exports. */
function apiSidebar(): Item[] {
  const api = pages.filter(({ path }) => path.startsWith("api/"));
  const entries = api.filter(({ path }) => /^api\/\w+\/index\.md$/.test(path));
  return entries.map(({ path }) => ({
    text: dirname(path).slice("api/".length),
    link: `/${dirname(path)}/`,
    collapsed: true,
    items: api
      .filter(
        (one) => one.path.startsWith(`${dirname(path)}/`) && one.path !== path,
      )
      .map((one) => ({
        text: one.path.replace(/^.*\/|\.md$/g, ""),
        link: `/${one.path.slice(0, -3)}`,
      }))
      .sort((a, b) => a.text.localeCompare(b.text)),
  }));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
