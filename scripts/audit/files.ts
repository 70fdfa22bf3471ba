import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import type { Files } from "./modules.js";

/** What an audit looks at: everything in `src/` that was not generated, and the files that describe the package. */
export function readAll(): Files {
  const sources = readdirSync("src", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).split(sep).join("/"))
    .filter((path) => !path.includes("/_generated/"));
  const about = ["package.json", "package-lock.json", "README.md"];
  return Object.fromEntries(
    [...about, ...sources].map((path) => [path, readFileSync(path, "utf8")]),
  );
}
