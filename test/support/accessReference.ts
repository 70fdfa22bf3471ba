/**
 * Who may do what, said a second time and in another way: numbers for roles, and one function for each question. Imports
 * nothing of what it is compared with.
 */

/** From nothing (-1) and anyone (0) up to the owner (5). */
const RANK: Record<string, number> = {
  viewer: 1,
  commenter: 2,
  editor: 3,
  manager: 4,
  owner: 5,
};

/** A document, as far as rights go. */
export type Known = {
  owner: string;
  status: string;
  isPublic: boolean;
  trashed: boolean;
  version: number;
  title: string;
  /** What the hook answers: `update:bob` to `true`, `false` or a role. */
  tags: string[];
};

/** How the documents are declared. */
export type Declared = { hooked: boolean; trash: boolean };

/** `null`: nobody is signed in. */
export type Person = string | null;

export function isOpen(one: Known): boolean {
  return one.isPublic && one.status === "published" && !one.trashed;
}

function own(person: Person, one: Known): number {
  if (person === one.owner) return 5;
  return isOpen(one) ? 0 : -1;
}

/** Whether a question (`read`, `update`, `remove`, `transfer`) is answered with at least a rank. */
function has(
  { hooked }: Declared,
  person: Person,
  one: Known,
  question: string,
  rank: number,
): boolean {
  const base = own(person, one);
  const prefix = `${question}:${String(person)}:`;
  const tag = one.tags.find((each) => each.startsWith(prefix));
  if (!hooked || tag === undefined) return base >= rank;
  const answer = tag.slice(prefix.length);
  if (answer === "false") return false;
  if (answer !== "true") return (RANK[answer] ?? -1) >= rank;
  if (question === "read") return Math.max(base, 1) >= rank;
  if (question === "update") return Math.max(base, 3) >= rank;
  return true;
}

export function sees(how: Declared, person: Person, one: Known): boolean {
  return !one.trashed && has(how, person, one, "read", 0);
}

/** Of an update that is FORBIDDEN, which names are not this person's to write, where others would be. */
export function namesOf(
  how: Declared,
  person: Person,
  one: Known,
  names: string[],
): string[] {
  if (!has(how, person, one, "update", 3)) return [];
  const isManager = has(how, person, one, "update", 4);
  const removes = has(how, person, one, "remove", how.trash ? 4 : 5);
  return names.filter(
    (name) =>
      (name !== "title" && !isManager) ||
      (["pinned", "expiresAt"].includes(name) && !removes),
  );
}

/** The code that an operation is refused with; `null`: it is done. */
export function codeOf(
  how: Declared,
  person: Person,
  one: Known | undefined,
  operation: string,
  names: string[] = [],
): string | null {
  if (operation === "read") {
    return one && sees(how, person, one) ? null : "NOT_FOUND";
  }
  if (person === null) return "UNAUTHORIZED";
  if (one === undefined) return "NOT_FOUND";
  if (operation === "restore" || operation === "purge") {
    return one.trashed && person === one.owner ? null : "NOT_FOUND";
  }
  if (one.trashed) return "NOT_FOUND";
  const may = (question: string, rank: number) =>
    has(how, person, one, question, rank);
  const managed = names.some((name) => name !== "title");
  const exposes = names.includes("pinned") || names.includes("expiresAt");
  const removes = may("remove", how.trash ? 4 : 5);
  const allowed: Record<string, boolean> = {
    comment: may("read", 2),
    update: may("update", managed ? 4 : 3) && (!exposes || removes),
    remove: removes,
    transfer: may("transfer", 5),
  };
  if (allowed[operation]) return null;
  return may("read", 0) ? "FORBIDDEN" : "NOT_FOUND";
}
