/**
 * Random worlds and random calls. Everything is an index or a plain value, so that fast-check can shrink it: what it means
 * is decided when it runs.
 */
import * as fc from "fast-check";
import type { Change, Draft, Status } from "./reference.js";

/** 0 to 2 are users, 3 is nobody, 4 is the system. */
export type Who = number;
/** A document that has been met, or an id that is none. */
export type At = number;
export type Version = "any" | "fresh" | "stale";

export type Item = {
  at: At;
  version: Version;
  to: Who;
  change: Change;
  draft: Draft;
};
export type Verb =
  "create" | "update" | "remove" | "trash" | "restore" | "purge" | "transfer";
export type Write = {
  do: "write";
  verb: Verb;
  who: Who;
  /** Whose documents, where the system acts. */
  owner: Who;
  mode: "single" | "atomic" | "partial";
  /** One change for all, where an update is a batch. */
  same: boolean;
  items: Item[];
};
export type Listed = {
  scope: "own" | "trash" | "public";
  order: "asc" | "desc";
  status?: Status;
  numItems: number;
};
export type Read = { who: Who; owner: Who } & (
  | { do: "get"; ats: At[] }
  | { do: "getByKey"; key: string }
  | ({ do: "walk" } & Listed)
  | ({ do: "forge"; cursor: number; endCursor: number } & Listed)
  | { do: "count"; upTo: number; status?: Status }
  | { do: "search"; word: string; scope: "own" | "public" }
);
/** What is called, after the clock has moved so many ms: often none, so that times tie. */
export type Command = { ticks: number; call: Write | Read };

export type Born = {
  owner: Who;
  status: Status;
  isPublic: boolean;
  trashed: boolean;
  version: number;
  age: number;
  key?: string;
  title: string;
  summary?: string;
};

const status = fc.constantFrom<Status>("draft", "published", "archived");
const title = fc.constantFrom("alpha", "beta", "alpha beta");
const summary = fc.constantFrom("s", "t");
const key = fc.constantFrom("k1", "k2");
const who = fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4);
const owner = fc.nat(2);
const at = fc.nat(11);
const maybe = { requiredKeys: [] as [] };

const draft: fc.Arbitrary<Draft> = fc.record(
  {
    // Once in a while, no string at all.
    title: fc.oneof(
      { weight: 14, arbitrary: title },
      { weight: 1, arbitrary: fc.constant(5 as unknown as string) },
    ),
    summary,
    status,
    isPublic: fc.boolean(),
    key: fc.oneof(
      { weight: 8, arbitrary: key },
      { weight: 1, arbitrary: fc.constant("") },
    ),
    ifExists: fc.constantFrom("error", "return", "update"),
  },
  { requiredKeys: ["title"] },
);
const change: fc.Arbitrary<Change> = fc.record(
  {
    title: fc.oneof(
      { weight: 14, arbitrary: title },
      { weight: 1, arbitrary: fc.constant(5 as unknown as string) },
    ),
    summary,
    status,
    isPublic: fc.boolean(),
    unset: fc.constant<"summary"[]>(["summary"]),
  },
  maybe,
);
const item: fc.Arbitrary<Item> = fc.record({
  at,
  version: fc.constantFrom<Version>("any", "any", "fresh", "stale"),
  to: fc.constantFrom(0, 1, 2, 2, -1),
  change,
  draft,
});

const single = fc.record({
  do: fc.constant("write" as const),
  verb: fc.constantFrom<Verb>(
    "create",
    "create",
    "update",
    "update",
    "update",
    "remove",
    "trash",
    "trash",
    "restore",
    "purge",
    "transfer",
  ),
  who,
  owner,
  mode: fc.constant("single" as const),
  same: fc.constant(false),
  items: fc.array(item, { minLength: 1, maxLength: 1 }),
});
const batch = fc.record({
  do: fc.constant("write" as const),
  verb: fc.constantFrom<Verb>("create", "update", "update", "remove", "trash"),
  who,
  owner,
  mode: fc.constantFrom("atomic" as const, "partial" as const),
  same: fc.boolean(),
  items: fc.array(item, { maxLength: 4 }),
});
const listed = {
  who,
  owner,
  scope: fc.constantFrom("own" as const, "own" as const, "trash", "public"),
  order: fc.constantFrom("asc" as const, "desc" as const),
  numItems: fc.integer({ min: 1, max: 3 }),
};
const withStatus = (from: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ ...from, status }, { requiredKeys: Object.keys(from) as [] });
const read: fc.Arbitrary<Read> = fc.oneof(
  fc.record({
    do: fc.constant("get" as const),
    who,
    owner,
    ats: fc.array(at, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant("getByKey" as const), who, owner, key }),
  withStatus({ do: fc.constant("walk" as const), ...listed }),
  withStatus({
    do: fc.constant("forge" as const),
    ...listed,
    cursor: fc.nat(30),
    endCursor: fc.nat(30),
  }),
  withStatus({
    do: fc.constant("count" as const),
    who,
    owner,
    upTo: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    do: fc.constant("search" as const),
    who,
    owner,
    word: fc.constantFrom("alpha", "beta"),
    scope: fc.constantFrom("own" as const, "public" as const),
  }),
) as fc.Arbitrary<Read>;

export const command: fc.Arbitrary<Command> = fc.record({
  ticks: fc.constantFrom(0, 0, 1),
  call: fc.oneof<fc.Arbitrary<Write | Read>[]>(single, batch, read),
});

export const born: fc.Arbitrary<Born> = fc.record(
  {
    owner,
    status,
    isPublic: fc.boolean(),
    trashed: fc.constantFrom(false, false, true),
    version: fc.integer({ min: 1, max: 3 }),
    age: fc.nat(2),
    key,
    title,
    summary,
  },
  {
    requiredKeys: [
      "owner",
      "status",
      "isPublic",
      "trashed",
      "version",
      "age",
      "title",
    ],
  },
);
