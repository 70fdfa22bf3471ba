/**
 * Every link of the built site that stays within it: leads to a file, and to a place in the file.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { filesBelow } from "./navigation.js";

/** What leads nowhere, as `page: link`. `base` is the path that the site was built for. */
export function brokenLinks(folder: string, base: string): string[] {
  const places = new Map<string, Set<string>>();
  const placesOf = (file: string) => {
    let found = places.get(file);
    if (!found) {
      const html = readFileSync(join(folder, file), "utf8");
      found = new Set(
        [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = ""]) => id),
      );
      places.set(file, found);
    }
    return found;
  };
  return filesBelow(folder)
    .filter((file) => file.endsWith(".html"))
    .flatMap((page) => {
      const html = readFileSync(join(folder, page), "utf8");
      const links = [...html.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(
        ([, link = ""]) => link.replaceAll("&amp;", "&"),
      );
      return [...new Set(links)]
        .filter((link) => !/^[a-z]+:|^\/\//.test(link))
        .filter((link) => {
          const [path = "", anchor] = link.split("#");
          const file = fileOf(page, path, base);
          if (file === null || !existsSync(join(folder, file))) return true;
          return (
            anchor !== undefined &&
            anchor !== "" &&
            // A route of the demo, which its page reads.
            !anchor.startsWith("/") &&
            !placesOf(file).has(decodeURIComponent(anchor))
          );
        })
        .map((link) => `${page}: ${link}`);
    });
}

function fileOf(page: string, path: string, base: string): string | null {
  if (path === "") return page;
  if (path.startsWith("/") && !path.startsWith(base)) return null;
  const file = path.startsWith("/")
    ? path.slice(base.length)
    : posix.join(posix.dirname(page), path);
  return file === "" || file.endsWith("/") ? `${file}index.html` : file;
}
