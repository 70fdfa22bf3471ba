/**
 * One deployment and the reference beside it: who acts, which ids there are to name, and what is stored.
 */
import { Docs } from "../../../src/client/index.js";
import {
  components,
  deploy,
  fields,
  identify,
  type Deployment,
} from "../host.js";
import { inComponent, rows } from "../stored.js";
import { same } from "./answers.js";
import type { At, Born, Version, Who } from "./commands.js";
import { Reference, type Actor, type Told } from "./reference.js";

const NOBODY = 3;
const SYSTEM = 4;
const USERS = ["ada", "bob", "cleo"];
export const START = 1_000_000;
/** Ids that are none: malformed, never given, of another table, of the host. */
const NO_IDS = ["x", "🙂", "99999documents", "10000bulkJobs", "10000audit"];

type Versions = { version: number } | null;
/** What `onChange` has heard since it was last emptied. */
export const told: Told[] = [];

/** Hooks that let everything through as it is, and listen. */
const hooks = {
  access: (_ctx: unknown, request: { byDefault: boolean }) => request.byDefault,
  onChange: (_ctx: unknown, change: { before: Versions; after: Versions }) => {
    const { before, after } = change;
    told.push({
      before: before?.version ?? null,
      after: after?.version ?? null,
    });
  },
  schema: {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => ({ value }),
    },
  },
};
const options = { fields, identify, search: ["title" as const] };
const withTrash = { ...options, trash: true };
const PLAIN = [
  new Docs(components.docs, options),
  new Docs(components.docs, { ...options, ...hooks }),
] as const;
const TRASH = [
  new Docs(components.docs, withTrash),
  new Docs(components.docs, { ...withTrash, ...hooks }),
] as const;
/** Every operation, typed as a user's: the system's differ by an argument that `whose` adds. */
export type Operations = ReturnType<(typeof PLAIN)[0]["as"]>;

export class World {
  readonly t: Deployment = deploy();
  readonly reference = new Reference();
  /** Every id that has been given out, of documents that are gone too. */
  readonly met: string[] = [];
  /** Every cursor that has been given out to anybody, and some that nobody gave. */
  readonly cursors: string[] = [
    "end",
    "[]",
    JSON.stringify([START, 0, ""]),
    JSON.stringify([START - 1, 1e15, "zzz"]),
  ];

  constructor(readonly hooked: boolean) {
    this.reference.now = START;
  }

  /** Puts documents there past every check, so that a sequence starts in the middle of things. */
  async populate(population: Born[]): Promise<void> {
    const taken = new Set<string>();
    const docs = population.map((each) => {
      const { owner, age, title, summary, key, ...rest } = each;
      const name = `${owner} ${String(key)}`;
      const keeps = key !== undefined && (rest.trashed || !taken.has(name));
      if (keeps && !rest.trashed) taken.add(name);
      const updatedAt = START - age;
      return {
        ...rest,
        ownerId: USERS[owner]!,
        updatedAt,
        ...(rest.trashed ? { deletedAt: updatedAt } : {}),
        ...(keeps ? { key } : {}),
        fields: summary === undefined ? { title } : { title, summary },
      };
    });
    const ids = await inComponent(this.t, async (ctx) => {
      const given: string[] = [];
      for (const doc of docs) {
        const row = {
          ...doc,
          fields: { ...doc.fields, content: "" },
          searchText: doc.fields.title,
        };
        given.push(await ctx.db.insert("documents", row));
      }
      return given;
    });
    docs.forEach((doc, n) => this.reference.docs.push({ ...doc, id: ids[n]! }));
    this.met.push(...ids);
  }

  operations(who: Who, trash = false): Operations {
    const docs = (trash ? TRASH : PLAIN)[this.hooked ? 1 : 0];
    if (who === NOBODY) return docs;
    return who === SYSTEM ? docs.asSystem("test") : docs.as(USERS[who]!);
  }

  actor(who: Who): Actor {
    if (who === NOBODY) return { kind: "anonymous" };
    return who === SYSTEM
      ? { kind: "system" }
      : { kind: "user", id: USERS[who]! };
  }

  user(who: Who): string {
    return USERS[who] ?? "";
  }

  /** Whose documents a call means: an argument of the system's calls only. */
  whose(who: Who, owner: Who): object {
    return who === SYSTEM ? { ownerId: USERS[owner]! } : {};
  }

  id(at: At): string {
    const pool = [...this.met, ...NO_IDS];
    return pool[at % pool.length]!;
  }

  version(id: string, wanted: Version): number | undefined {
    if (wanted === "any") return undefined;
    const actual = this.reference.docs.find((doc) => doc.id === id)?.version;
    return (actual ?? 1) - (wanted === "stale" ? 1 : 0);
  }

  /** Every row is the reference's, to the last column, and there is none besides. */
  async compareRows(): Promise<void> {
    const stored = await rows(this.t);
    const expected = this.reference.docs.map(({ id, fields, ...doc }) => ({
      _id: id,
      ...doc,
      fields: { content: "", ...fields },
      searchText: fields.title,
    }));
    same(
      stored.map(({ _creationTime: _, ...row }) => row),
      expected,
    );
  }
}
