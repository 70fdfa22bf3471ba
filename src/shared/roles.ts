/**
 * Roles, in the order of what they may do, and what each operation needs.
 *
 * @module
 */
import { v, type Infer } from "convex/values";
import {
  isManaged,
  lowestWriter,
  writerOf,
  type FieldRules,
} from "./fieldRules.js";

export const vRole = v.union(
  v.literal("viewer"),
  v.literal("commenter"),
  v.literal("editor"),
  v.literal("manager"),
  v.literal("owner"),
);
/**
 * What somebody may do with a document. Each may do what the one before it may:
 *
 * - `viewer` reads it, draft or not
 * - `commenter` is for what the host builds beside documents
 * - `editor` changes the host's fields
 * - `manager` changes `status`, `isPublic`, `pinned` and `expiresAt` too, and moves to the trash
 * - `owner` deletes for good, transfers, restores
 */
export type Role = Infer<typeof vRole>;

/** A role that can be given. An owner is no grant: there is always exactly one. */
export const vGrantRole = v.union(
  v.literal("viewer"),
  v.literal("commenter"),
  v.literal("editor"),
  v.literal("manager"),
);
/** A role that can be given: any but `owner`. */
export type GrantRole = Infer<typeof vGrantRole>;

export const vStanding = v.union(v.literal("public"), vRole);
/** A role, or `public`: anyone's, for a document that is public and published. */
export type Standing = Infer<typeof vStanding>;

/** What the host's `access` is asked. */
export const vAccessOperation = v.union(
  v.literal("read"),
  v.literal("update"),
  v.literal("remove"),
  v.literal("transfer"),
  v.literal("share"),
  v.literal("members"),
  v.literal("history"),
);
/** What is being done to a document, as `access` is asked. */
export type AccessOperation = Infer<typeof vAccessOperation>;

export const vAnswer = v.union(v.boolean(), vRole);
/**
 * What `access` answers. `false`: no, to the owner too. A role: this one, for this operation. `true`: yes, which changes nothing
 * where it is allowed by default; otherwise it makes a reader a `viewer`, makes who updates an `editor`, allows this one call of `remove` and `transfer`, and changes nothing for
 * `share`, `members` and `history`.
 */
export type Answer = Infer<typeof vAnswer>;

/** What `can` is asked: what is read, what is written, and `comment` for what a host builds beside documents. */
export const vCanOperation = v.union(
  v.literal("read"),
  v.literal("comment"),
  v.literal("update"),
  v.literal("remove"),
  v.literal("transfer"),
  v.literal("restore"),
  v.literal("purge"),
  v.literal("share"),
  v.literal("members"),
);
/** What somebody may want to do with a document, as `can` is asked. */
export type CanOperation = Infer<typeof vCanOperation>;

export const vPermission = v.union(
  v.object({ allowed: v.literal(true), role: vStanding }),
  v.object({
    allowed: v.literal(false),
    role: v.optional(vStanding),
    code: v.union(
      v.literal("UNAUTHORIZED"),
      v.literal("FORBIDDEN"),
      v.literal("NOT_FOUND"),
    ),
  }),
);
/**
 * What `can` answers. Allowed: with the role that counts for the operation. Not allowed: with the code that the operation would
 * be refused with, and with FORBIDDEN the role that the document may be read with.
 */
export type Permission = Infer<typeof vPermission>;

/** What the host's `access` has answered about one document. Absent: it was not asked. */
export const vAnswers = v
  .object({
    read: vAnswer,
    update: vAnswer,
    remove: vAnswer,
    transfer: vAnswer,
    share: vAnswer,
    members: vAnswer,
    history: vAnswer,
  })
  .partial();
export type Answers = Infer<typeof vAnswers>;

/** One thing that an operation needs: that role, in the answer to that question. */
export type Need = {
  /** What `access` is asked. Absent: it is not asked, and cannot widen or narrow. */
  asked?: AccessOperation;
  role: Standing;
  /** Whether it is to delete for good, which nobody may do to a document that is held. */
  deletes?: true;
  /** The names that are sent and need it. Absent: the operation needs it, whatever is sent. */
  fields?: string[];
};

const READ = { asked: "read", role: "public" } as const;
const REMOVE = { asked: "remove", role: "owner" } as const;

/** What each operation on a document needs, but for an update: see `needsOfUpdate`. The trash is its owner's alone. */
export const NEEDS = {
  read: [READ],
  // `access` is asked about reading, and told whether it is allowed by default: not whether commenting is.
  comment: [READ, { asked: "read", role: "commenter" }],
  trash: [{ asked: "remove", role: "manager" }],
  remove: [{ ...REMOVE, deletes: true }],
  transfer: [{ asked: "transfer", role: "owner" }],
  restore: [{ role: "owner" }],
  purge: [{ role: "owner", deletes: true }],
  share: [{ asked: "share", role: "manager" }],
  members: [{ asked: "members", role: "manager" }],
  history: [
    { asked: "update", role: "editor" },
    { asked: "history", role: "editor" },
  ],
} as const satisfies Record<string, Need[]>;

/** What an update sends. */
export type Sent = {
  /** The names of what it sets and unsets: the host's fields, and columns. */
  names: string[];
  /** What is written: with what the host's schema makes of them. */
  written: string[];
  /** Whether retention may take the document because of it: its expiry changes, or it is no longer pinned. */
  exposes: boolean;
};

/** What the needs of an update depend on. See `Rules`. */
export type Declared = FieldRules & {
  trash?: boolean;
  views?: readonly { unique?: boolean; by: readonly string[] }[];
};

/**
 * What an update needs: to write anything, for each name that it sends the role that may write it, whatever the value, and for what
 * lets retention take the document the right to remove it.
 */
export function needsOfUpdate(
  { names, written, exposes }: Sent,
  declared: Declared,
): readonly Need[] {
  const { trash = false, views = [], readable } = declared;
  // The answer to a value that is taken tells about another document of the owner.
  const isOwned = (name: string) =>
    views.some(({ unique, by }) => unique && by.includes(name));
  const isMade = (name: string) => isOwned(name) && !names.includes(name);
  const role = written.some(isMade) ? "owner" : lowestWriter(declared);
  const byRole = new Map<Standing, string[]>();
  for (const name of names) {
    const writer = isOwned(name) ? "owner" : writerOf(declared, name);
    if (reaches(role, writer)) continue;
    byRole.set(writer, [...(byRole.get(writer) ?? []), name]);
  }
  const ofNames = [...byRole].map(([writer, fields]): Need => ({
    asked: "update",
    role: writer,
    fields,
  }));
  // The highest first: `access` is told by it whether the update is allowed by default.
  ofNames.sort((one, other) => (reaches(one.role, other.role) ? -1 : 1));
  const fields = names.filter(isLife);
  const removal = trash ? NEEDS.trash : [REMOVE];
  return [
    ...ofNames,
    { asked: "update", role },
    ...(exposes ? removal.map((need) => ({ ...need, fields })) : []),
    // What somebody sees of a refusal depends on what they see of the document.
    ...(readable ? [READ] : []),
  ];
}

/** Whether a column says how long a document is kept. */
function isLife(name: string): boolean {
  return name === "pinned" || name === "expiresAt";
}

/**
 * What `can` asks about. An update is judged by its names, whatever the values: `pinned` stands for unpinning too.
 *
 * @param names of what an update would send
 */
export function needsOf(
  operation: CanOperation,
  names: string[],
  declared: Declared,
): readonly Need[] {
  if (operation === "remove") {
    return declared.trash ? NEEDS.trash : NEEDS.remove;
  }
  if (operation !== "update") return NEEDS[operation];
  const exposes = names.some(isLife);
  return needsOfUpdate({ names, written: names, exposes }, declared);
}

/** What publishing, taking off and discarding need: to write the status, whatever has been edited. */
export function needsOfStage(declared: Declared): readonly Need[] {
  const names = ["status"];
  return needsOfUpdate({ names, written: names, exposes: false }, declared);
}

/** What a revert needs: to write each field that it changes, and to see what was there. */
export function needsOfRevert(sent: Sent, declared: Declared): readonly Need[] {
  return [...needsOfUpdate(sent, declared), ...NEEDS.history];
}

/** What an update sends, as it crosses into the component. */
export function sentBy(change: {
  set: object;
  unset?: string[];
  sent?: string[] | undefined;
  status?: string | undefined;
  isPublic?: boolean | undefined;
  pinned?: boolean | undefined;
  expiresAt?: number | null | undefined;
}): Sent {
  const { set, unset = [], ...columns } = change;
  const managed = Object.entries(columns)
    .filter(([name, value]) => isManaged(name) && value !== undefined)
    .map(([name]) => name);
  const written = [...Object.keys(set), ...unset];
  return {
    names: [...(change.sent ?? written), ...managed],
    written: [...written, ...managed],
    exposes: columns.pinned === false || columns.expiresAt !== undefined,
  };
}

const RANKS: Standing[] = [
  "public",
  "viewer",
  "commenter",
  "editor",
  "manager",
  "owner",
];

/** Whether a role is below another: only such roles does anybody give, change or take away. */
export function isBelow(role: Standing, giver: Standing | null): boolean {
  return giver !== null && !reaches(role, giver);
}

/** The lower of two roles. */
export function lowerOf<Low extends Standing, High extends Standing>(
  one: Low,
  other: High,
): Low | High {
  return reaches(one, other) ? other : one;
}

/** Whether a role is at least as high as another. No role is below every role. */
export function reaches(role: Standing | null, needed: Standing): boolean {
  return role !== null && RANKS.indexOf(role) >= RANKS.indexOf(needed);
}
