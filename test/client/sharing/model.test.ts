/**
 * Users, names that look alike, teams, documents, grants, links, fields, publishing and time, in any order, against a reference of a few lines that shares
 * no code with the decision: nothing is seen or changed that nobody gave, and nothing that was given is refused.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { v } from "convex/values";
import { Docs, type Role } from "../../../src/client/index.js";
import { getDocsError } from "../../../src/errors/index.js";
import { components, type Caller, type HostCtx } from "../../support/host.js";
import { cast, fields, options, principals, world } from "./world.js";

/** Strangers see titles, editors all but the secret, and commenters write the body. */
const docs = new Docs(components.docs, {
  ...options,
  fields: { ...fields, secret: v.optional(v.string()) },
  principals,
  history: { coalesce: false },
  workingCopy: true,
  readable: { public: ["title"], editor: ["title", "body"] },
  writable: { commenter: ["body"] },
  views: { byTitle: ["title"] },
});

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
type Content = { title: string; body?: string; secret?: string };
type Link = Grant & { linkId: string; token: string };
type Document = {
  id: string;
  owner: string;
  now: Content;
  /** What was published last, while that is not taken off. */
  published: Content | undefined;
  listed: boolean;
  trashed: boolean;
  gone: boolean;
  grants: Map<string, Grant>;
  links: Link[];
};
type Teams = Record<string, Record<string, Role | undefined>>;

/** Who asks: `null` is nobody. With the token of a link. */
type Asker = { user: string | null; token?: string | undefined };

/** What somebody is to a document; with `lasting`, without what ends. */
function rankOf(
  teams: Teams,
  { user, token }: Asker,
  one: Document,
  lasting = false,
): Rank {
  const limits = new Map<string, Rank | undefined>();
  if (user !== null) limits.set(user, 5);
  for (const [team, upTo] of Object.entries(teams[user ?? ""] ?? {})) {
    limits.set(team, upTo && RANK[upTo]);
  }
  const found: Rank[] = [NONE];
  if (limits.has(one.owner)) found.push(limits.get(one.owner) ?? RANK.editor);
  if (one.trashed) return Math.max(...found);
  if (one.listed && one.published) found.push(RANK.public);
  for (const link of one.links) {
    if (link.token !== token || link.end <= Date.now()) continue;
    found.push(Math.min(link.rank, user === null ? 2 : 3));
  }
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

/** What is created, and who somebody has to be to create it in an owner's name. */
const HOW: { fields: Content; draft?: object; needs: Rank }[] = [
  { fields: { title: "T" }, needs: RANK.editor },
  { fields: { title: "T", secret: "S" }, needs: RANK.manager },
  { fields: { title: "T" }, draft: { pinned: true }, needs: RANK.manager },
  { fields: { title: "T", secret: "S" }, needs: RANK.manager },
  { fields: { title: "T", body: "B" }, needs: RANK.editor },
];

/* What happens. */

const user = fc.constantFrom(...USERS);
const name = fc.constantFrom(...USERS, ...TEAMS);
const which = fc.nat({ max: 20 });
const command = fc.oneof(
  fc.record({ do: fc.constant("create" as const), user, name, how: fc.nat(4) }),
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
    do: fc.constantFrom(
      "update" as const,
      "note" as const,
      "whisper" as const,
      "open" as const,
      "close" as const,
      "publish" as const,
      "unpublish" as const,
      "discardDraft" as const,
    ),
    user,
    which,
  }),
  fc.record({
    do: fc.constant("createLink" as const),
    user,
    which,
    role: fc.constantFrom(
      "viewer" as const,
      "commenter" as const,
      "editor" as const,
    ),
    hours: fc.option(fc.integer({ min: 1, max: 3 })),
  }),
  fc.record({
    do: fc.constantFrom("revokeLink" as const, "editByLink" as const),
    user,
    which,
    link: fc.nat({ max: 9 }),
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
  const token =
    what.do === "editByLink" ? linkOf(one, what.link)?.token : undefined;
  const rank = rankOf(teams, { user: what.user, token }, one);
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
    editByLink: 3,
    note: 2,
    whisper: 4,
    open: 4,
    close: 4,
    publish: 4,
    unpublish: 4,
    discardDraft: 4,
    createLink: 4,
    revokeLink: 4,
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
    case "editByLink":
    case "note":
    case "whisper":
      one.now = { ...one.now, ...textOf(what) };
      break;
    case "open":
      one.listed = true;
      one.published = one.now;
      break;
    case "close":
      one.listed = false;
      break;
    case "publish":
      one.published = one.now;
      break;
    case "unpublish":
      one.published = undefined;
      break;
    case "discardDraft":
      if (one.published) one.now = one.published;
      break;
    case "createLink":
      if (rankOf(teams, { user: what.user }, one, true) < RANK.manager) {
        return "FORBIDDEN";
      }
      break;
    case "revokeLink":
      one.links = one.links.filter((link) => link !== linkOf(one, what.link));
      break;
    case "remove":
      one.trashed = true;
      break;
    case "transfer":
      if (what.name === one.owner) break;
      one.owner = what.name;
      one.listed = false;
      one.links = [];
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
      const lasting = rankOf(teams, { user: what.user }, one, true);
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

/** Which of a document's links is meant. */
function linkOf({ links }: Document, at: number): Link | undefined {
  return links[at % Math.max(1, links.length)];
}

/** What an edit writes: another text each time. */
function textOf({ do: how, user: by }: OnDocument): Partial<Content> {
  const text = `${how} by ${by} at ${Date.now()}`;
  if (how === "note") return { body: text };
  return how === "whisper" ? { secret: text } : { title: text };
}

async function attempt(ctx: HostCtx, one: Document, what: OnDocument) {
  const { id } = one;
  switch (what.do) {
    case "createLink": {
      const { role, hours } = what;
      const end =
        hours === null ? {} : { expiresAt: Date.now() + hours * HOUR };
      return await docs.createLink(ctx, { id, role, ...end });
    }
    case "revokeLink": {
      const linkId = linkOf(one, what.link)?.linkId ?? "none";
      return await docs.revokeLink(ctx, { id, linkId });
    }
    case "editByLink": {
      const token = linkOf(one, what.link)?.token;
      return await docs.withLink(token).update(ctx, { id, ...textOf(what) });
    }
    case "share": {
      const { name: principal, role, hours } = what;
      const end =
        hours === null ? {} : { expiresAt: Date.now() + hours * HOUR };
      return await docs.share(ctx, { id, principal, role, ...end });
    }
    case "unshare":
      return await docs.unshare(ctx, { id, principal: what.name });
    case "update":
    case "note":
    case "whisper":
      return await docs.update(ctx, { id, ...textOf(what) });
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

/** The fields of a document as somebody of a rank sees them. */
function contentFor(rank: Rank, one: Document): Content | null {
  if (rank < RANK.public || one.gone || one.trashed) return null;
  if (rank === RANK.public) return { title: one.published!.title };
  const { secret, ...rest } = one.now;
  if (rank < RANK.manager || secret === undefined) return rest;
  return { ...rest, secret };
}

function contentOf(found: object | null): Content | null {
  if (found === null) return null;
  const { title, body, secret } = found as Content;
  return {
    title,
    ...(body === undefined ? {} : { body }),
    ...(secret === undefined ? {} : { secret }),
  };
}

/** What somebody is shown of every document by its id, of its present and its past. */
async function askById(
  caller: Caller,
  teams: Teams,
  asker: Asker,
  all: Document[],
) {
  const ids = all.map(({ id }) => id);
  const found = await caller.query(async (ctx) => {
    const by = asker.token === undefined ? docs : docs.withLink(asker.token);
    return {
      seen: await by.getMany(ctx, { ids }),
      pasts: await Promise.all(
        ids.map((id) =>
          by.listRevisions(ctx, {
            id,
            paginationOpts: { numItems: 1, cursor: null },
          }),
        ),
      ),
    };
  });
  const ranks = all.map((one) => rankOf(teams, asker, one));
  const shown = all.map((one, at) => contentFor(ranks[at]!, one));
  expect([asker, found.seen.map(contentOf)]).toEqual([asker, shown]);
  expect(found.pasts.map(({ page }) => page.length > 0)).toEqual(
    shown.map((one, at) => one !== null && ranks[at]! >= RANK.editor),
  );
  return 2 * ids.length;
}

/** Everything that everybody may ask at this moment. */
async function askAll(
  c: ReturnType<typeof cast>,
  teams: Teams,
  all: Document[],
) {
  let questions = 0;
  const tokens = all.flatMap(({ links }) => links.map(({ token }) => token));
  for (const token of [undefined, ...tokens.slice(0, 3)]) {
    for (const who of [...USERS, null]) {
      const caller = who === null ? c.t : c.as(who);
      const asker = { user: who, token };
      questions += await askById(caller, teams, asker, all);
    }
  }
  for (const who of USERS) {
    const found = await c.as(who).query((ctx) =>
      docs.listShared(ctx, {
        paginationOpts: { numItems: 100, cursor: null },
      }),
    );
    const user = { user: who };
    const seen = all.filter(
      (one) => !one.gone && !one.trashed && rankOf(teams, user, one) >= 0,
    );
    const names = [who, ...Object.keys(teams[who] ?? {})];
    const shared = seen.filter(
      ({ owner, grants }) =>
        !names.includes(owner) &&
        names.some((each) => (grants.get(each)?.end ?? 0) > Date.now()),
    );
    const roles = (one: Document) =>
      Object.entries(RANK).find(([, r]) => r === rankOf(teams, user, one))?.[0];
    expect(
      found.page
        .map(({ document, role }) => [document._id, role, contentOf(document)])
        .sort(),
    ).toEqual(
      shared
        .map((one) => [
          one.id,
          roles(one),
          contentFor(rankOf(teams, user, one), one),
        ])
        .sort(),
    );
  }
  questions += USERS.length * all.length;
  for (const who of USERS) {
    questions += await askOwners(c.as(who), teams, who, all);
  }
  return questions;
}

/** Every list of all that is an owner's, with its number: of teams, and of one user. */
async function askOwners(
  caller: Caller,
  teams: Teams,
  who: string,
  all: Document[],
) {
  const owners = [...TEAMS, "ada"];
  const found = await caller.query((ctx) =>
    Promise.all(
      owners.map(async (ownerId) => {
        const opts = { paginationOpts: { numItems: 100, cursor: null } };
        const whole = { ownerId, ...opts };
        const byTitle = await docs.list(ctx, { ...whole, view: "byTitle" });
        const { page } = await docs.list(ctx, whole);
        const trash = await docs.listTrash(ctx, whole);
        const { count } = await docs.count(ctx, { ownerId });
        return { page, byTitle: byTitle.page, trash: trash.page, count };
      }),
    ),
  );
  const idsOf = (page: { _id: string }[]) => page.map(({ _id }) => _id).sort();
  const sorted = (some: Document[]) => some.map(({ id }) => id).sort();
  const shown = owners.map((ownerId) => {
    const rank = roleFor(teams, who, ownerId);
    const theirs = all.filter((one) => !one.gone && one.owner === ownerId);
    const live = rank === NONE ? [] : theirs.filter((one) => !one.trashed);
    const isTheirs = rank === RANK.owner;
    const trash = isTheirs ? theirs.filter(({ trashed }) => trashed) : [];
    const ids = sorted(live);
    return [ids, ids, sorted(trash), live.length];
  });
  expect([
    who,
    found.map(({ page, byTitle, trash, count }) => [
      ...[page, byTitle, trash].map(idsOf),
      count,
    ]),
  ]).toEqual([who, shown]);
  for (const [at, { page }] of found.entries()) {
    for (const document of page) {
      const one = all.find(({ id }) => id === document._id)!;
      // A list shows what its own role sees, whatever else was given of a document.
      const rank = roleFor(teams, who, owners[at]!);
      expect(contentOf(document)).toEqual(contentFor(rank, one));
    }
  }
  return owners.length * all.length;
}

/** What somebody is to all that is an owner's. */
function roleFor(teams: Teams, who: string, ownerId: string): Rank {
  if (who === ownerId) return RANK.owner;
  const own = teams[who] ?? {};
  if (!Object.hasOwn(own, ownerId)) return NONE;
  return RANK[own[ownerId] ?? "editor"];
}

test(
  "nothing is seen or changed that nobody gave, and all that was given is",
  async () => {
    let questions = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { minLength: 10, maxLength: 40 }),
        async (commands) => {
          vi.setSystemTime(START);
          const c = cast();
          const teams: Teams = {};
          const all: Document[] = [];
          const create = async (by: string, owner: string, how: number) => {
            const now: Content = HOW[how]!.fields;
            const { draft, needs } = HOW[how]!;
            let id = "";
            const run = c.as(by).mutation(async (ctx) => {
              const made = { ...now, ...draft, ownerId: owner };
              id = (await docs.create(ctx, made)).id;
            });
            const refused = roleFor(teams, by, owner) < needs;
            const code = await codeOf(run);
            expect([by, owner, how, code]).toEqual([
              by,
              owner,
              how,
              refused ? "VALIDATION_FAILED" : "ok",
            ]);
            if (refused) return;
            const flags = { listed: false, trashed: false, gone: false };
            const given = { grants: new Map<string, Grant>(), links: [] };
            all.push({
              id,
              owner,
              now,
              published: undefined,
              ...flags,
              ...given,
            });
          };
          await create("ada", "ada", 1);
          await create("bob", "bob", 1);
          for (const what of commands) {
            // So that no two grants are of one millisecond.
            vi.setSystemTime(Date.now() + 1);
            if (what.do === "create") {
              // Half of them for themselves.
              const { user: by, name: named, how } = what;
              await create(by, how > 2 ? by : named, how);
              questions += 1;
            } else if (what.do === "pass") {
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
              // The reference changes what it knows, so the call comes first.
              let made: unknown;
              const run = c.as(what.user).mutation(async (ctx) => {
                made = await attempt(ctx, one, what);
              });
              const code = await codeOf(run);
              expect([what, code]).toEqual([what, expected(teams, one, what)]);
              if (what.do === "createLink" && code === "ok") {
                const end =
                  what.hours === null
                    ? Infinity
                    : Date.now() + what.hours * HOUR;
                const link = made as { linkId: string; token: string };
                one.links.push({ ...link, rank: RANK[what.role], end });
              }
              questions += 1;
            }
          }
          questions += await askAll(c, teams, all);
        },
      ),
      { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
    if (NUM_RUNS !== undefined) console.info(`${questions} questions`);
    // About two seconds a world on a quiet machine.
  },
  60_000 + RUNS * 10_000,
);
