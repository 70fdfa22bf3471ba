/**
 * What is asked of `package.json`, its lock file and the README.
 */
import type { Files } from "./modules.js";

/** The fields of package.json that are looked at. */
type Manifest = {
  name?: string;
  description?: string;
  license?: string;
  keywords?: string[];
  homepage?: string;
  repository?: { url?: string };
  bugs?: { url?: string };
  exports?: Record<string, unknown>;
  files?: string[];
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
};

type Lock = {
  packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>;
};

/** A listing's description has to say something, in characters. Source: `metadataScoring.ts`. */
const MIN_DESCRIPTION = 50;
/** The fewer packages a host installs with ours, the less it has to trust. */
const MAX_DEPENDENCIES = 2;
const GITHUB = /^(?:git\+)?https:\/\/github\.com\/[\w-]+\/[\w.-]+?(?:\.git)?$/;
const MARKERS = ["START", "END"].map(
  (name) => `<!-- ${name}: Include on https://convex.dev/components -->`,
);

/** What a host has to find, in the words of a reviewer who does not. */
export function packageProblems(files: Files): string[] {
  const manifest = JSON.parse(files["package.json"] ?? "{}") as Manifest;
  const lock = JSON.parse(
    files["package-lock.json"] ?? `{"packages":{}}`,
  ) as Lock;
  const readme = files["README.md"] ?? "";
  const [start = -1, end = -1] = MARKERS.map((marker) =>
    readme.indexOf(marker),
  );
  const checks: [boolean, string][] = [
    ...["./convex.config.js", "./_generated/component.js", "./test"].map(
      (entry): [boolean, string] => [
        Object.hasOwn(manifest.exports ?? {}, entry),
        `package.json exports no ${entry}`,
      ],
    ),
    [
      GITHUB.test(manifest.repository?.url ?? ""),
      "repository is no GitHub URL",
    ],
    [(manifest.homepage ?? "") !== "", "there is no homepage"],
    [(manifest.bugs?.url ?? "") !== "", "there is no address for bugs"],
    [/^[A-Za-z0-9.+-]+$/.test(manifest.license ?? ""), "no SPDX licence"],
    [
      (manifest.description ?? "").length >= MIN_DESCRIPTION,
      `the description has fewer than ${MIN_DESCRIPTION} characters`,
    ],
    [
      ["convex", "component"].every((word) =>
        manifest.keywords?.includes(word),
      ),
      "keywords lack convex or component",
    ],
    [(manifest.files ?? []).length > 0, "package.json names no files"],
    [
      Object.keys(manifest.dependencies ?? {}).length <= MAX_DEPENDENCIES,
      `there are more than ${MAX_DEPENDENCIES} dependencies`,
    ],
    [
      start >= 0 && end > start,
      "the README has no part between the directory's markers",
    ],
    [
      readme.slice(start, end).includes(`npm install ${manifest.name}`),
      "the README's part for the directory does not say how to install",
    ],
  ];
  return [
    ...checks.filter(([holds]) => !holds).map(([, problem]) => problem),
    ...installScripts(manifest, lock),
  ];
}

function installScripts({ scripts = {} }: Manifest, { packages }: Lock) {
  const own = ["preinstall", "install", "postinstall", "prepare"]
    .filter((hook) => Object.hasOwn(scripts, hook))
    .map((hook) => `package.json has a ${hook} script`);
  const theirs = Object.entries(packages)
    .filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
    .map(([path]) => `${path} runs a script when it is installed`);
  return [...own, ...theirs];
}
