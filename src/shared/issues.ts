/**
 * What is wrong with the values of a call. Each message is a sentence that stands alone, because hosts show it beside the
 * messages of their own schema: `"Title is required."`.
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";

/** What one VALIDATION_FAILED says: an answer smaller than the call it refuses. */
export const ISSUES = {
  /** Problems it lists. */
  maxListed: 100,
  /** Characters of a path: its names are the caller's. */
  maxPath: 200,
  /** Names of a path that a message repeats, the innermost ones, and characters of each. The rest stands in the path. */
  subjectNames: 3,
  maxSubjectName: 64,
} as const;

/**
 * An issue about the value at a path.
 *
 * @param predicate goes on from the value's name and ends with a full stop: `issue("dueDate", "is required.")` says "Due date
 * is required."
 */
export function issue(path: string, predicate: string): Issue {
  return { path, message: `${subjectOf(path)} ${predicate}` };
}

/** All issues in one text. The message of a host's schema need not say which value it means, so its path is put before it. */
export function issuesText(issues: Issue[]): string {
  const sentences = issues.map(({ path, message }) => {
    const subject = subjectOf(path);
    const named = path === "" || message.startsWith(`${subject} `);
    const sentence = named ? message : `${subject}: ${message}`;
    return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
  });
  return sentences.join(" ");
}

/** Why this is not a whole number in a range, both ends included, as a predicate; `null` if it is one. */
export function wholeNumberProblem(
  value: unknown,
  least: number,
  most = Infinity,
): string | null {
  const number = Number.isInteger(value) ? (value as number) : NaN;
  if (number >= least && number <= most) return null;
  return most === Infinity
    ? `must be a whole number of at least ${least}.`
    : `must be a whole number from ${least} to ${most}.`;
}

/** Why this cannot be a name, as a predicate; `null` if it can. */
export function nameProblem(name: string, maxLength: number): string | null {
  if (name.trim() === "") return "must not be empty.";
  if (name.length <= maxLength) return null;
  return `has ${name.length} characters; the limit is ${maxLength}.`;
}

/** What is wrong with a name, as an issue about the argument at this path. */
export function nameIssues(
  path: string,
  name: string,
  maxLength: number,
): Issue[] {
  const problem = nameProblem(name, maxLength);
  return problem === null ? [] : [issue(path, problem)];
}

/** Throws for a number in the host's code that is out of its range. `option` is its name there. */
export function assertWholeNumber(
  option: string,
  value: unknown,
  least: number,
  most: number,
): void {
  const problem = wholeNumberProblem(value, least, most);
  if (problem !== null) throw new Error(`convex-docs: ${option} ${problem}`);
}

/**
 * A path as the subject of a sentence: "Title", "Due date" (`dueDate`), "City of address" (`address.city`), "Item 1 of tags"
 * (`tags.0`), "The document" (`""`). Made of letters and digits alone, because a caller can make names up.
 */
function subjectOf(path: string): string {
  if (path === "") return "The document";
  // Convex's own names have 1,024 characters at most. Of a longer path only the end is looked at.
  const names = path
    .slice(-1024 * ISSUES.subjectNames)
    .split(".")
    .slice(-ISSUES.subjectNames);
  const subject = names.reverse().map(nameInWords).join(" of ");
  return subject.replace(/^./u, (first) => first.toUpperCase());
}

function nameInWords(name: string): string {
  if (/^\d{1,4}$/.test(name)) return `item ${Number(name) + 1}`;
  // Between words stands what is neither a letter nor a digit, a step from small to capital, or the end of an abbreviation.
  const between =
    /[^\p{L}\p{M}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
  const words = name
    .slice(0, ISSUES.maxSubjectName)
    .split(between)
    .filter((word) => word !== "")
    // "URL" stays as it is.
    .map((word) => (/^\p{Lu}\p{Ll}/u.test(word) ? word.toLowerCase() : word));
  return words.length === 0 ? "this field" : words.join(" ");
}
