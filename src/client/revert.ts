/**
 * What a revert changes.
 *
 * @module
 */
import { compareValues, type Value } from "convex/values";
import type { Issue } from "../errors/codes.js";
import type { Fields } from "../shared/documents.js";
import { fail, invalid } from "../shared/failures.js";
import { changeIssues } from "../shared/fields.js";
import { issue } from "../shared/issues.js";
import type { DocsState } from "./options.js";
import { applySchema, type FieldChange } from "./schema.js";

/** A document's fields as they are, and as they were. */
type Source = {
  fields: Fields;
  content: Fields;
  /** The names of the fields that the caller sees. `null`: all. */
  seen: readonly string[] | null;
};

/** Which fields go back, and what becomes of those that are not valid any more. */
type Wish = { only?: string[]; mode?: "exact" | "fitting" };

/**
 * The change that brings a content back.
 *
 * @returns the change, and the fields that stay as they are: none unless `mode` is `"fitting"`
 * @throws VALIDATION_FAILED for names that are no fields; in exact mode for everything that is not valid any more
 */
export async function planReversion(
  core: DocsState,
  { fields, content, seen }: Source,
  { only, mode = "exact" }: Wish,
): Promise<{ change: FieldChange; left: string[] }> {
  if (only) assertFields(core, { fields, content, seen }, only);
  const left: string[] = [];
  let names = changedNames(fields, content).filter(
    (name) => only?.includes(name) ?? true,
  );
  for (;;) {
    const change = changeOf(content, names);
    const issues = changeIssues(core.declared, fields, change, seen);
    if (mode === "exact") {
      if (issues.length > 0) throw fail(invalid(issues));
      // The schema has its say in the write.
      return { change, left };
    }
    const problems =
      issues.length > 0
        ? issues
        : ((await applySchema(core, change, fields, seen)).issues ?? []);
    const stuck = names.filter((name) => isAbout(problems, name));
    // What is wrong elsewhere refuses the write.
    if (stuck.length === 0) return { change, left };
    left.push(...stuck);
    names = names.filter((name) => !stuck.includes(name));
  }
}

function assertFields(
  { fields: declared }: DocsState,
  { fields, content }: Source,
  only: string[],
): void {
  const issues = only.flatMap((name, index) =>
    [declared, fields, content].some((known) => Object.hasOwn(known, name))
      ? []
      : [issue(`only.${index}`, "is no field of the document.")],
  );
  if (issues.length > 0) throw fail(invalid(issues));
}

function changedNames(fields: Fields, content: Fields): string[] {
  const names = new Set([...Object.keys(fields), ...Object.keys(content)]);
  return [...names].filter(
    (name) =>
      compareValues(fields[name] as Value, content[name] as Value) !== 0,
  );
}

function changeOf(content: Fields, names: string[]): FieldChange {
  const set: Fields = {};
  const unset: string[] = [];
  for (const name of names) {
    if (Object.hasOwn(content, name)) set[name] = content[name] as Value;
    else unset.push(name);
  }
  return { set, unset };
}

function isAbout(issues: Issue[], name: string): boolean {
  return issues.some(
    ({ path }) => path === name || path.startsWith(`${name}.`),
  );
}
