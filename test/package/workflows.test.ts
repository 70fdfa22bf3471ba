import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const FOLDER = ".github/workflows";
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(`${FOLDER}/${name}`, "utf8"),
}));
const release = readFileSync(`${FOLDER}/release.yml`, "utf8");

describe.each(workflows)("$name", ({ text }) => {
  test("runs only actions that are pinned to a commit, and says which version that is", () => {
    const used = [...text.matchAll(/uses: (.*)$/gm)].map(
      ([, action]) => action!,
    );
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test("may only read, where a job does not ask for more", () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });

  test("gives up at some time", () => {
    const jobs = [...text.matchAll(/^ {4}runs-on:/gm)];
    expect([...text.matchAll(/^ {4}timeout-minutes: \d+$/gm)]).toHaveLength(
      jobs.length,
    );
  });

  test("runs npm scripts that there are", () => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(
      ([, name]) => name!,
    );
    expect(
      named.filter((name) => !Object.hasOwn(manifest.scripts, name)),
    ).toEqual([]);
  });
});

test("a change is checked as a whole on one version of Node, and tested on the others, from the oldest", () => {
  const ci = readFileSync(`${FOLDER}/ci.yml`, "utf8");
  expect(ci.match(/run: bash \.ci\/run$/gm)).toHaveLength(1);
  const [, oldest] = /node: \[([\d.]+), /.exec(ci) ?? [];
  expect(manifest.engines.node).toBe(`>=${oldest}`);
  expect(ci).toMatch(/run: npm test$/m);
});

test("a release is checked as a whole before it is published, and says where it was built", () => {
  const [check, publish] = ["bash .ci/run", "npm run release\n"].map((step) =>
    release.indexOf(step),
  );
  expect(check).toBeGreaterThan(-1);
  expect(publish).toBeGreaterThan(check!);
  expect(release).toContain("id-token: write");
  expect(release).not.toContain("secrets.");
  expect(manifest.publishConfig).toEqual({
    access: "public",
    provenance: true,
  });
});
