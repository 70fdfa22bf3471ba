import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { compilePages } from "./support/pages.js";

describe.each(readdirSync("skills"))("the skill %s", (folder) => {
  const page = `skills/${folder}/SKILL.md`;
  const text = readFileSync(page, "utf8");
  const [, header = "", body = ""] =
    /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const value = (name: string) =>
    new RegExp(`^${name}: (.*)$`, "m").exec(header)?.[1] ?? "";

  // Source of the limits: https://agentskills.io/specification
  test("has a header that the tools for skills take", () => {
    expect(value("name")).toBe(folder);
    expect(folder).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(folder.length).toBeLessThanOrEqual(64);
    expect(value("description").length).toBeGreaterThan(100);
    expect(value("description").length).toBeLessThanOrEqual(1024);
    // A colon and a space would begin a mapping.
    expect(value("description")).not.toContain(": ");
    expect(value("license")).toBe(manifest.license);
    expect(value("compatibility").length).toBeLessThanOrEqual(500);
    expect(body.split("\n").length).toBeLessThan(500);
  });

  test("is in the package", () => {
    expect(manifest.files).toContain("skills");
  });

  test("has code that compiles", () => {
    expect(compilePages([page], "README.md")).toEqual([]);
  });
});
