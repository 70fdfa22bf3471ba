/**
 * Users, names that look alike, teams, documents, grants and time, in any order, against a reference of a few lines that shares
 * no code with the decision: nothing is seen or changed that nobody gave, and nothing that was given is refused.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Role } from "../../../src/client/index.js";
import { getDocsError } from "../../../src/errors/index.js";
import type { HostCtx } from "../../support/host.js";
import { cast, docs, world } from "./world.js";

const START = 1_800_000_000_000;
const HOUR = 3_600_000;
beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const { NUM_RUNS, SEED } = import.meta.env as Record<string, string>;
/** One of these takes as long as ten of the sequences of test/model. */
const RUNS = Number(NUM_RUNS ?? 500) / 10;

const USERS = ["ada", "bob", "Bob", "eve"];
const TEAMS = ["team:7", "team:77", "Team:7"];
const ROLES = ["viewer", "commenter", "editor", "manager"] as const;
type Given = (typeof ROLES)[number];
const RANK = {
  public: 0,
  viewer: 1,
  commenter: 2,
  editor: 3,
  manager: 4,
  owner: 5,
};
type Rank = number;
const NONE: Rank = -1;

/* The reference. */

type Grant = { rank: Rank; end: number };
type Document = {
  id: string;
  owner: string;
  open: boolean;
  trashed: boolean;
  gone: boolean;
  grants: Map<string, Grant>;
};
type Teams = Record<string, Record<string, Role | undefined>>;

/** What a user is to a document; with `lasting`, without what ends. */
function rankOf(
  teams: Teams,
  user: string,
  one: Document,
  lasting = false,
): Rank {
  const limits = new Map<string, Rank | undefined>([[user, 5]]);
  for (const [team, upTo] of Object.entries(teams[user] ?? {})) {
    limits.set(team, upTo && RANK[upTo]);
  }
  const found: Rank[] = [NONE];
  if (limits.has(one.owner)) found.push(limits.get(one.owner) ?? RANK.editor);
  if (one.trashed) return Math.max(...found);
  if (one.open) found.push(RANK.public);
  for (const [name, { rank, end }] of one.grants) {
    if (!limits.has(name) || end <= Date.now()) continue;
    if (lasting && end !== Infinity) continue;
    found.push(Math.min(rank, limits.get(name) ?? RANK.manager));
  }
  return Math.max(...found);
}

/** The code that refuses who is this, where that is needed. */
function refusalOf(rank: Rank, needed: Rank): string {
  if (rank >= needed) return "ok";
  return rank < RANK.public ? "NOT_FOUND" : "FORBIDDEN";
}

/* What happens. */

const user = fc.constantFrom(...USERS);
const name = fc.constantFrom(...USERS, ...TEAMS);
const which = fc.nat({ max: 20 });
const command = fc.oneof(
  fc.record({ do: fc.constant("create" as const), user }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("share" as const),
      user,
      which,
      name,
      role: fc.constantFrom<Given>(...ROLES),
      hours: fc.option(fc.integer({ min: 1, max: 3 })),
    }),
  },
  fc.record({ do: fc.constant("unshare" as const), user, which, name }),
  fc.record({ do: fc.constant("leave" as const), user, which }),
  fc.record({
    do: fc.constantFrom("update" as const, "open" as const, "close" as const),
    user,
    which,
  }),
  fc.record({
    do: fc.constantFrom(
      "remove" as const,
      "restore" as const,
      "purge" as const,
    ),
    user,
    which,
  }),
  fc.record({ do: fc.constant("transfer" as const), user, which, name }),
  fc.record({
    do: fc.constant("team" as const),
    user,
    name: fc.constantFrom(...TEAMS),
    upTo: fc.option(
      fc.constantFrom("viewer" as const, "manager" as const, "owner" as const),
      { nil: undefined },
    ),
    joins: fc.boolean(),
  }),
  fc.record({ do: fc.constant("pass" as const), hours: fc.nat({ max: 2 }) }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
type OnDocument = Extract<Command, { which: number }>;

/** What the reference says of a command, and how it changes. */
function expected(teams: Teams, one: Document, what: OnDocument): string {
  const rank = rankOf(teams, what.user, one);
  const inTrash = what.do === "restore" || what.do === "purge";
  if (one.gone || one.trashed !== inTrash) return "NOT_FOUND";
  if (what.do === "restore" || what.do === "purge") {
    if (rank < RANK.owner) return "NOT_FOUND";
    if (what.do === "restore") one.trashed = false;
    else one.gone = true;
    return "ok";
  }
  const needed = {
    update: 3,
    open: 4,
    close: 4,
    remove: 4,
    transfer: 5,
    share: 4,
    unshare: 4,
    leave: 0,
  };
  const refusal = refusalOf(rank, needed[what.do]);
  if (refusal !== "ok") return refusal;
  const { grants } = one;
  const live = (key: string) => {
    const grant = grants.get(key);
    return grant && grant.end > Date.now() ? grant : undefined;
  };
  switch (what.do) {
    case "update":
      break;
    case "open":
      one.open = true;
      break;
    case "close":
      one.open = false;
      break;
    case "remove":
      one.trashed = true;
      break;
    case "transfer":
      if (what.name === one.owner) break;
      one.owner = what.name;
      one.open = false;
      grants.delete(what.name);
      break;
    case "leave":
      if (!live(what.user)) return "FORBIDDEN";
      grants.delete(what.user);
      break;
    case "unshare": {
      const grant = live(what.name);
      if (!grant) break;
      if (grant.rank >= rank) return "FORBIDDEN";
      grants.delete(what.name);
      break;
    }
    case "share": {
      const lasting = rankOf(teams, what.user, one, true);
      if (lasting < RANK.manager) return "FORBIDDEN";
      const before = live(what.name);
      if (RANK[what.role] >= lasting) return "FORBIDDEN";
      if (before && before.rank >= lasting) return "FORBIDDEN";
      if (what.name === one.owner) return "VALIDATION_FAILED";
      const kept = before?.end ?? Infinity;
      const end = what.hours === null ? kept : Date.now() + what.hours * HOUR;
      grants.set(what.name, { rank: RANK[what.role], end });
      break;
    }
  }
  return "ok";
}

async function attempt(ctx: HostCtx, id: string, what: OnDocument) {
  switch (what.do) {
    case "share": {
      const { name: principal, role, hours } = what;
      const end =
        hours === null ? {} : { expiresAt: Date.now() + hours * HOUR };
      return await docs.share(ctx, { id, principal, role, ...end });
    }
    case "unshare":
      return await docs.unshare(ctx, { id, principal: what.name });
    case "update":
      return await docs.update(ctx, { id, title: `by ${what.user}` });
    case "open":
      return await docs.update(ctx, {
        id,
        isPublic: true,
        status: "published",
      });
    case "close":
      return await docs.update(ctx, { id, isPublic: false });
    case "transfer":
      return await docs.transfer(ctx, { id, to: what.name });
    default:
      return await docs[what.do](ctx, { id });
  }
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    return getDocsError(error)?.code ?? String(error);
  }
}

/** Everything that every user may ask at this moment. */
async function askAll(
  c: ReturnType<typeof cast>,
  teams: Teams,
  all: Document[],
) {
  const ids = all.map(({ id }) => id);
  for (const who of USERS) {
    const found = await c.as(who).query(async (ctx) => ({
      seen: await docs.getMany(ctx, { ids }),
      shared: await docs.listShared(ctx, {
        paginationOpts: { numItems: 100, cursor: null },
      }),
    }));
    const seen = all.filter(
      (one) => !one.gone && !one.trashed && rankOf(teams, who, one) >= 0,
    );
    expect(found.seen.flatMap((one) => (one ? [one._id] : []))).toEqual(
      seen.map(({ id }) => id),
    );
    const names = [who, ...Object.keys(teams[who] ?? {})];
    const shared = seen.filter(
      ({ owner, grants }) =>
        !names.includes(owner) &&
        names.some((each) => (grants.get(each)?.end ?? 0) > Date.now()),
    );
    const roles = (one: Document) =>
      Object.entries(RANK).find(([, r]) => r === rankOf(teams, who, one))?.[0];
    expect(
      found.shared.page
        .map(({ document, role }) => [document._id, role])
        .sort(),
    ).toEqual(shared.map((one) => [one.id, roles(one)]).sort());
  }
  return USERS.length * ids.length * 2;
}

test("nothing is seen or changed that nobody gave, and all that was given is", async () => {
  let questions = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 10, maxLength: 40 }),
      async (commands) => {
        vi.setSystemTime(START);
        const c = cast();
        const teams: Teams = {};
        const all: Document[] = [];
        const create = async (owner: string) => {
          const { id } = await c
            .as(owner)
            .mutation((ctx) => docs.create(ctx, { title: "T" }));
          const flags = { open: false, trashed: false, gone: false };
          all.push({ id, owner, ...flags, grants: new Map() });
        };
        await create("ada");
        await create("bob");
        for (const what of commands) {
          // So that no two grants are of one millisecond.
          vi.setSystemTime(Date.now() + 1);
          if (what.do === "create") await create(what.user);
          else if (what.do === "pass") {
            vi.setSystemTime(Date.now() + what.hours * HOUR);
          } else if (what.do === "team") {
            const own = (teams[what.user] ??= {});
            if (what.joins) own[what.name] = what.upTo;
            else Reflect.deleteProperty(own, what.name);
            world.held[what.user] = Object.entries(own).map(([id, upTo]) =>
              upTo === undefined ? id : { id, upTo },
            );
          } else {
            const one = all[what.which % all.length]!;
            const code = expected(teams, one, what);
            const run = c
              .as(what.user)
              .mutation((ctx) => attempt(ctx, one.id, what));
            expect([what, await codeOf(run)]).toEqual([what, code]);
            questions += 1;
          }
        }
        questions += await askAll(c, teams, all);
      },
    ),
    { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
  if (NUM_RUNS !== undefined) console.info(`${questions} questions`);
}, 600_000);
