/** How the pages that `scripts/site` has written are rendered. Run by `npm run build:site`. */
import { readFileSync } from "node:fs";
import { renderMermaidSVG } from "beautiful-mermaid";
import { defineConfig, type DefaultTheme } from "vitepress";

type Site = {
  title: string;
  description: string;
  repository: string;
  sidebar: DefaultTheme.SidebarItem[];
  apiSidebar: DefaultTheme.SidebarItem[];
};
const site = JSON.parse(
  readFileSync(new URL("../pages/site.json", import.meta.url), "utf8"),
) as Site;

export default defineConfig({
  title: site.title,
  description: site.description,
  lang: "en",
  srcDir: "pages",
  base: process.env["SITE_BASE"] ?? "/",
  head: [
    [
      "link",
      {
        rel: "icon",
        type: "image/svg+xml",
        href: `${process.env["SITE_BASE"] ?? "/"}logo.svg`,
      },
    ],
  ],
  // Each page says where it is as plain Markdown, for what reads no HTML.
  transformHead: ({ pageData, siteData }) =>
    pageData.isNotFound
      ? []
      : [
          [
            "link",
            {
              rel: "alternate",
              type: "text/markdown",
              href: `${siteData.base}${pageData.relativePath}`,
            },
          ],
        ],
  markdown: {
    // The pages hold none, and what looks like a tag is a type argument.
    html: false,
    theme: {
      light: "github-light-high-contrast",
      dark: "github-dark-high-contrast",
    },
    anchor: {
      // GitHub's anchors, so that one link serves both places. The same rule: test/package/pages.test.ts.
      slugify: (heading) =>
        heading
          .trim()
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
    },
    config(md) {
      // A link to the demo that stands alone becomes the demo.
      md.core.ruler.push("demo", ({ tokens, Token }) => {
        for (let index = tokens.length - 1; index > 0; index--) {
          const [link, text, end] = tokens[index]?.children ?? [];
          const href = link?.attrGet("href") ?? "";
          const [, route] = /\bdemo\/index\.html(#.*)$/.exec(href) ?? [];
          const isAlone = end?.type === "link_close";
          if (route === undefined || text === undefined || !isAlone) continue;
          const { escapeHtml } = md.utils;
          const title = escapeHtml(text.content.replace(/^Try it: /, ""));
          const demo = new Token("html_block", "", 0);
          demo.content = `<LiveDemo route="${escapeHtml(route)}" title="${title}" />\n`;
          // In place of the paragraph around it.
          tokens.splice(index - 1, 3, demo);
        }
      });
      const { fence } = md.renderer.rules;
      // Code is text: braces in it are no expression of Vue's.
      md.renderer.rules.code_inline = (tokens, index) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[index]!.content)}</code>`;
      md.renderer.rules.fence = (tokens, index, options, env, self) => {
        const { info, content } = tokens[index]!;
        if (info.trim() === "mermaid") {
          const heading = tokens
            .slice(0, index)
            .findLastIndex(({ type }) => type === "heading_open");
          return diagram(content, tokens[heading + 1]?.content ?? "the page");
        }
        return fence!(tokens, index, options, env, self);
      };
    },
  },
  themeConfig: {
    logo: "/logo.svg",
    nav: [
      { text: "Quick start", link: "/#quick-start" },
      { text: "Guide", link: "/concepts" },
      { text: "Errors", link: "/errors" },
      { text: "API", link: "/api/" },
    ],
    sidebar: { "/api/": site.apiSidebar, "/": site.sidebar },
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: {
        // Of the reference, the names: its tables would be most of what a reader has to load before the first answer.
        _render(source, env, md) {
          const isReference = String(env.relativePath).startsWith("api/");
          const [title = ""] = /^# .*$/m.exec(source) ?? [];
          return md.render(isReference ? title : source, env);
        },
      },
    },
    socialLinks: [{ icon: "github", link: site.repository }],
    editLink: {
      pattern: ({ frontmatter }) => String(frontmatter["edit"] ?? ""),
      text: "Edit this page",
    },
    footer: { message: "Apache-2.0. Not affiliated with Convex, Inc." },
  },
});

/** Its colours come from the theme's, which knows whether it is dark. */
function diagram(source: string, section: string): string {
  const svg = renderMermaidSVG(source)
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/^(<svg [^>]*?) style="[^"]*"/, "$1");
  const name = `Diagram: ${section.replaceAll('"', "")}`;
  return `<div class="diagram" tabindex="0" role="region" aria-label="${name}">${svg}</div>`;
}
