/**
 * Random people, documents and operations against a second statement of who may do what. Every answer is what that says: the code
 * of each refusal, the documents of each read, and the rows afterwards. So nothing hidden is shown, told or changed.
 */
import {
  httpRouter,
  makeFunctionReference,
  type DataModelFromSchemaDefinition,
  type GenericQueryCtx,
} from "convex/server";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  Docs,
  type AccessRequest,
  type Answer,
  type CanOperation,
  type DocsWorker,
} from "../../src/client/index.js";
import { getDocsError, isDocsError } from "../../src/errors/index.js";
import {
  codeOf,
  isOpen,
  namesOf,
  sees,
  type Declared,
  type Known,
  type Person,
} from "../support/accessReference.js";
import {
  components,
  deploy,
  fields,
  identify,
  type Caller,
  type hostSchema,
} from "../support/host.js";
import { rows } from "../support/stored.js";

const { ACCESS_RUNS } = import.meta.env as Record<string, string>;
const RUNS = Number(ACCESS_RUNS ?? 15);
const STEPS = 60;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  vi.spyOn(console, "info").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Most of the time three who look alike. The last is nobody. */
const PEOPLE: Person[] = [
  "ada",
  "Ada",
  "ada ",
  "__proto__",
  "constructor",
  "a".repeat(512),
  null,
];
const QUESTIONS = ["read", "update", "remove", "transfer"];
const ANSWERS = [
  "true",
  "false",
  "viewer",
  "commenter",
  "editor",
  "manager",
  "owner",
];

function access(
  _ctx: unknown,
  { operation, document, userId, byDefault }: AccessRequest<typeof fields>,
): Answer {
  const prefix = `${operation}:${String(userId)}:`;
  const tag = document.tags?.find((each) => each.startsWith(prefix));
  const answer = tag?.slice(prefix.length) ?? String(byDefault);
  return answer === "true" || answer === "false"
    ? answer === "true"
    : (answer as Answer);
}

const KINDS: Declared[] = [
  { hooked: false, trash: false },
  { hooked: false, trash: true },
  { hooked: true, trash: false },
  { hooked: true, trash: true },
];
const USING = KINDS.map(({ hooked, trash }, index) => {
  const worker: DocsWorker = makeFunctionReference(`kind${index}:worker`);
  const base = { fields, identify, trash, search: ["title" as const] };
  return hooked
    ? new Docs(components.docs, { ...base, access, worker })
    : new Docs(components.docs, base);
});

const MODULES = {
  ...Object.fromEntries(
    USING.map((using, index) => [
      `./convex/kind${index}.ts`,
      () => Promise.resolve({ worker: using.worker() }),
    ]),
  ),
  "./convex/http.ts": () => {
    const http = httpRouter();
    USING.forEach((using, index) => {
      using.registerRoutes(http, { prefix: `/kind${index}` });
    });
    return Promise.resolve({ default: http });
  },
};

type Names = ("title" | "status" | "isPublic" | "pinned" | "expiresAt")[];
const names = fc.subarray<Names[number]>([
  "status",
  "isPublic",
  "pinned",
  "expiresAt",
]);
const tag = fc
  .tuple(
    fc.constantFrom(...QUESTIONS),
    fc.constantFrom(...PEOPLE),
    fc.constantFrom(...ANSWERS),
  )
  .map(
    ([question, person, answer]) => `${question}:${String(person)}:${answer}`,
  );
const person = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PEOPLE.slice(0, 3)) },
  { weight: 1, arbitrary: fc.constantFrom(...PEOPLE) },
);
const step = fc.record({
  person,
  to: person,
  kind: fc.nat(KINDS.length - 1),
  operation: fc.constantFrom(
    "create",
    "create",
    "create",
    "update",
    "remove",
    "transfer",
    "restore",
    "purge",
    "batchUpdate",
    "batchRemove",
    "startBulk",
    "read",
    "can",
    "canMany",
    "getMany",
    "list",
    "listPublic",
    "listTrash",
    "count",
    "search",
    "searchPublic",
    "http",
  ),
  asked: fc.constantFrom<CanOperation>(
    "read",
    "comment",
    "update",
    "remove",
    "transfer",
    "restore",
    "purge",
  ),
  pick: fc.tuple(fc.nat(999), fc.nat(999)),
  names,
  tags: fc.array(tag, { maxLength: 4 }),
  status: fc.constantFrom("draft" as const, "published" as const),
  flag: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What is there, and what the steps so far have made of it. */
class World {
  readonly t = deploy({ modules: MODULES });
  readonly known = new Map<string, Known>();
  /** Also of documents that are gone. */
  readonly ids = ["missing", "ünï🙂"];
  private serial = 0;

  caller(who: Person): Caller {
    return who === null ? this.t : this.t.withIdentity({ subject: who });
  }

  id(at: number): string {
    // The newest are met most often.
    return this.ids[this.ids.length - 1 - (at % Math.min(8, this.ids.length))]!;
  }

  mark(): string {
    this.serial += 1;
    return `plan MARK${this.serial}`;
  }

  /** The ids of those that pass, in any order. */
  those(passes: (one: Known) => boolean): string[] {
    return [...this.known]
      .filter(([, one]) => passes(one))
      .map(([id]) => id)
      .sort();
  }

  async play(s: Step): Promise<void> {
    const how = KINDS[s.kind]!;
    const kind = { how, docs: USING[s.kind]! };
    const place = JSON.stringify(s);
    if (s.operation in READS) await READS[s.operation]!(this, s, kind, place);
    else await WRITES[s.operation]!(this, s, kind, place);
    const stored = (await rows(this.t)).map((row) => [
      row._id,
      row["ownerId"],
      row["status"],
      row["isPublic"],
      row["trashed"],
      row["version"],
      (row["fields"] as { title: string }).title,
    ]);
    const expected = [...this.known].map(([id, one]) => [
      id,
      one.owner,
      one.status,
      one.isPublic,
      one.trashed,
      one.version,
      one.title,
    ]);
    expect(stored, place).toEqual(expected);
  }
}

type Kind = { how: Declared; docs: (typeof USING)[number] };
type Play = (world: World, s: Step, kind: Kind, place: string) => Promise<void>;

/** How a call ended: `null`, or its refusal without the id. */
async function endOf(call: Promise<unknown>, id = ""): Promise<string | null> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null) return null;
  const data = getDocsError(error);
  if (!data) throw new Error("not a refusal", { cause: error });
  return id === "" ? data.code : JSON.stringify(data).replaceAll(id, "<id>");
}

/** The whole refusal that each code comes with: nothing but the code may differ between documents. */
function refusal(code: string | null): string | null {
  const texts: Record<string, object> = {
    NOT_FOUND: { documentId: "<id>" },
    FORBIDDEN: { documentId: "<id>" },
    UNAUTHORIZED: {},
  };
  return code && JSON.stringify(texts[code]).slice(1, -1);
}

function expectEnd(
  end: string | null,
  code: string | null,
  place: string,
  names: string[] = [],
) {
  if (code === null) {
    expect(end, place).toBeNull();
    return;
  }
  expect(end, place).toContain(`"code":"${code}"`);
  expect(end, place).toContain(refusal(code));
  const { fields: told = [], ...data } = JSON.parse(end!) as {
    fields?: string[];
  };
  expect([...told].sort(), place).toEqual([...names].sort());
  // No other detail: of an id, a size or a version.
  expect(Object.keys(data).sort(), place).toEqual(
    ["ns", "code", "message", "retryable"]
      .concat(code === "UNAUTHORIZED" ? [] : ["documentId"])
      .sort(),
  );
}

/* What each write does to what is known */

type Change = { title: string; status?: Step["status"]; isPublic?: boolean };

function changed(one: Known, change: Change): Known {
  return { ...one, ...change, version: one.version + 1 };
}

function removed(world: World, { trash }: Declared, id: string): void {
  const one = world.known.get(id)!;
  if (!trash) world.known.delete(id);
  else world.known.set(id, { ...one, trashed: true, version: one.version + 1 });
}

/** An update that sends these names. */
function changeOf(s: Step, title: string) {
  const values = {
    status: s.status,
    isPublic: s.flag,
    pinned: false,
    expiresAt: 1_900_000_000_000,
  };
  const sent = Object.entries(values).filter(([name]) =>
    (s.names as string[]).includes(name),
  );
  return { title, ...Object.fromEntries(sent) } as Change;
}

const WRITES: Record<string, Play> = {
  async create(world, s, { docs }, place) {
    const draft = {
      title: world.mark(),
      content: "",
      status: s.status,
      isPublic: s.flag,
    };
    let id = "";
    const call = world.caller(s.person).mutation(async (ctx) => {
      ({ id } = await docs.create(ctx, { ...draft, tags: s.tags }));
    });
    const end = await endOf(call);
    expect(end, place).toBe(s.person === null ? "UNAUTHORIZED" : null);
    if (s.person === null) return;
    world.ids.push(id);
    world.known.set(id, {
      ...draft,
      owner: s.person,
      tags: s.tags,
      trashed: false,
      version: 1,
    });
  },

  async update(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const change = changeOf(s, world.mark());
    const call = world
      .caller(s.person)
      .mutation((ctx) => docs.update(ctx, { id, ...change }));
    const one = world.known.get(id);
    const sent = ["title", ...s.names];
    const code = codeOf(how, s.person, one, "update", sent);
    const own = one && code === "FORBIDDEN";
    const names = own ? namesOf(how, s.person, one, sent) : [];
    expectEnd(await endOf(call, id), code, place, names);
    if (one && code === null) world.known.set(id, pick(changed(one, change)));
  },

  async remove(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const call = world
      .caller(s.person)
      .mutation((ctx) => docs.remove(ctx, { id }));
    const code = codeOf(how, s.person, world.known.get(id), "remove");
    expectEnd(await endOf(call, id), code, place);
    if (code === null) removed(world, how, id);
  },

  async transfer(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const to = s.to ?? "eve";
    const call = world
      .caller(s.person)
      .mutation((ctx) => docs.transfer(ctx, { id, to }));
    const one = world.known.get(id);
    const code = codeOf(how, s.person, one, "transfer");
    expectEnd(await endOf(call, id), code, place);
    if (!one || code !== null || to === one.owner) return;
    const version = one.version + 1;
    world.known.set(id, { ...one, owner: to, isPublic: false, version });
  },

  async restore(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const call = world
      .caller(s.person)
      .mutation((ctx) => docs.restore(ctx, { id }));
    const one = world.known.get(id);
    const code = codeOf(how, s.person, one, "restore");
    expectEnd(await endOf(call, id), code, place);
    if (!one || code !== null) return;
    world.known.set(id, { ...one, trashed: false, version: one.version + 1 });
  },

  async purge(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const call = world
      .caller(s.person)
      .mutation((ctx) => docs.purge(ctx, { id }));
    const code = codeOf(how, s.person, world.known.get(id), "purge");
    expectEnd(await endOf(call, id), code, place);
    if (code === null) world.known.delete(id);
  },

  async batchUpdate(world, s, { how, docs }, place) {
    const ids = s.pick.map((at) => world.id(at));
    const updates = changeOf(s, world.mark());
    const done = await batch(world, s, how, "update", place, (caller, mode) =>
      caller.mutation((ctx) => docs.batchUpdate(ctx, { ids, updates, mode })),
    );
    for (const id of done) {
      world.known.set(id, pick(changed(world.known.get(id)!, updates)));
    }
  },

  async batchRemove(world, s, { how, docs }, place) {
    const ids = s.pick.map((at) => world.id(at));
    const done = await batch(world, s, how, "remove", place, (caller, mode) =>
      caller.mutation((ctx) => docs.batchRemove(ctx, { ids, mode })),
    );
    for (const id of done) removed(world, how, id);
  },

  async startBulk(world, s, { how, docs }, place) {
    const ids = [...new Set(s.pick.map((at) => world.id(at)))];
    const call = world
      .caller(s.person)
      .mutation((ctx) => docs.startBulk(ctx, { operation: "remove", ids }));
    expect(await endOf(call), place).toBe(
      s.person === null ? "UNAUTHORIZED" : null,
    );
    if (s.person === null) return;
    const codes = ids.map((id) =>
      codeOf(how, s.person, world.known.get(id), "remove"),
    );
    await world.t.finishAllScheduledFunctions(
      vi.advanceTimersByTime.bind(vi, 1_000),
    );
    codes.forEach((code, index) => {
      if (code === null) removed(world, how, ids[index]!);
    });
  },
};

/** Only what is known of a document: an update has more. */
function pick(one: Known): Known {
  const { owner, status, isPublic, trashed, version, title, tags } = one;
  return { owner, status, isPublic, trashed, version, title, tags };
}

/** Runs a batch of two, and answers with the ids that it has written. */
async function batch(
  world: World,
  s: Step,
  how: Declared,
  operation: "update" | "remove",
  place: string,
  run: (
    caller: Caller,
    mode: "atomic" | "partial",
  ) => Promise<{
    results: ({ ok: true } | { ok: false; error: { code: string } })[];
  }>,
): Promise<string[]> {
  const mode = s.flag ? "partial" : "atomic";
  const ids = s.pick.map((at) => world.id(at));
  const sent = operation === "update" ? ["title", ...s.names] : [];
  const codes = ids.map((id, index) =>
    ids.indexOf(id) < index
      ? "DUPLICATE_ID"
      : codeOf(how, s.person, world.known.get(id), operation, sent),
  );
  let results: unknown[] = [];
  const call = run(world.caller(s.person), mode).then((answer) => {
    results = answer.results.map((each) => (each.ok ? null : each.error.code));
  });
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (s.person === null) {
    expect(getDocsError(error)?.code, place).toBe("UNAUTHORIZED");
    return [];
  }
  const failing = codes.flatMap((code, index) =>
    code ? [{ index, code }] : [],
  );
  if (mode === "atomic" && failing.length > 0) {
    const errors = isDocsError(error, "BATCH_FAILED") ? error.data.errors : [];
    const told = errors.map((each) => ({
      index: each.index,
      code: each.error.code,
    }));
    expect(told, place).toEqual(failing);
    return [];
  }
  expect(error, place).toBeNull();
  expect(results, place).toEqual(codes);
  return ids.filter((_, index) => codes[index] === null);
}

/* What each read shows */

const paginationOpts = { numItems: 100, cursor: null };

const READS: Record<string, Play> = {
  async read(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const call = world
      .caller(s.person)
      .query((ctx) => docs.getOrThrow(ctx, { id }));
    const code = codeOf(how, s.person, world.known.get(id), "read");
    expectEnd(await endOf(call, id), code, place);
  },

  async can(world, s, { how, docs }, place) {
    const id = world.id(s.pick[0]);
    const isUpdate = s.asked === "update";
    const asked = {
      operation: s.asked,
      ...(isUpdate ? { fields: s.names } : {}),
    };
    const answer = await world
      .caller(s.person)
      .query((ctx) => docs.can(ctx, { id, ...asked }));
    const sent = isUpdate ? s.names : [];
    const code = codeOf(how, s.person, world.known.get(id), s.asked, sent);
    expect(answer.allowed ? null : answer.code, place).toBe(code);
    if (code === "FORBIDDEN" || code === null) return;
    expect(answer, place).toEqual({ allowed: false, code });
  },

  async canMany(world, s, { how, docs }, place) {
    const ids = s.pick.map((at) => world.id(at));
    const answers = await world
      .caller(s.person)
      .query((ctx) => docs.can(ctx, { ids, operation: s.asked }));
    const codes = ids.map((id) =>
      codeOf(how, s.person, world.known.get(id), s.asked),
    );
    expect(
      answers.map((answer) => (answer.allowed ? null : answer.code)),
      place,
    ).toEqual(codes);
  },

  async getMany(world, s, { how, docs }, place) {
    const ids = s.pick.map((at) => world.id(at));
    const found = await world
      .caller(s.person)
      .query((ctx) => docs.getMany(ctx, { ids }));
    const expected = ids.map((id) => {
      const one = world.known.get(id);
      return one && sees(how, s.person, one) ? one.title : null;
    });
    expect(
      found.map((each) => each?.title ?? null),
      place,
    ).toEqual(expected);
  },

  list: (world, s, { how, docs }, place) =>
    shows(
      world,
      s,
      place,
      (ctx) => docs.list(ctx, { paginationOpts }),
      (one) => one.owner === s.person && sees(how, s.person, one),
    ),

  listTrash: (world, s, { docs }, place) =>
    shows(
      world,
      s,
      place,
      (ctx) => docs.listTrash(ctx, { paginationOpts }),
      (one) => one.owner === s.person && one.trashed,
    ),

  async listPublic(world, s, { how, docs }, place) {
    const { page } = await world
      .caller(s.person)
      .query((ctx) => docs.listPublic(ctx, { paginationOpts }));
    const expected = world.those(
      (one) => isOpen(one) && sees(how, s.person, one),
    );
    expect(page.map(({ _id }) => _id).sort(), place).toEqual(expected);
  },

  async count(world, s, { how, docs }, place) {
    const counted = world.caller(s.person).query((ctx) => docs.count(ctx, {}));
    if (s.person === null) {
      expect(await endOf(counted), place).toBe("UNAUTHORIZED");
      return;
    }
    const { length } = world.those(
      (one) => one.owner === s.person && sees(how, s.person, one),
    );
    expect(await counted, place).toEqual({ count: length, more: false });
  },

  search: (world, s, { how, docs }, place) =>
    shows(
      world,
      s,
      place,
      async (ctx) => ({
        page: await docs.search(ctx, { query: "plan", limit: 100 }),
      }),
      (one) => one.owner === s.person && sees(how, s.person, one),
    ),

  async searchPublic(world, s, { how, docs }, place) {
    const found = await world
      .caller(s.person)
      .query((ctx) =>
        docs.search(ctx, { query: "plan", scope: "public", limit: 100 }),
      );
    const expected = world.those(
      (one) => isOpen(one) && sees(how, s.person, one),
    );
    expect(found.map(({ _id }) => _id).sort(), place).toEqual(expected);
  },

  async http(world, s, { how }, place) {
    const id = world.id(s.pick[0]);
    const response = await world
      .caller(s.person)
      .fetch(`/kind${s.kind}/${encodeURIComponent(id)}`, {
        headers: s.person === null ? {} : { Authorization: "Bearer token" },
      });
    const one = world.known.get(id);
    const visible = one && sees(how, s.person, one);
    expect(response.status, place).toBe(visible ? 200 : 404);
    const body = await response.text();
    expect(body.includes("MARK"), place).toBe(visible ?? false);
  },
};

type QueryCtx = GenericQueryCtx<
  DataModelFromSchemaDefinition<typeof hostSchema>
>;

/** A read of one's own: exactly those that pass, and nothing for nobody. */
async function shows(
  world: World,
  s: Step,
  place: string,
  read: (ctx: QueryCtx) => Promise<{ page: { _id: string }[] }>,
  passes: (one: Known) => boolean,
): Promise<void> {
  const call = world.caller(s.person).query((ctx) => read(ctx));
  if (s.person === null) {
    expect(await endOf(call), place).toBe("UNAUTHORIZED");
    return;
  }
  const { page } = await call;
  expect(page.map(({ _id }) => _id).sort(), place).toEqual(world.those(passes));
}

test(
  `in ${RUNS * STEPS} operations everybody is answered what they may be`,
  async () => {
    const played = new Set<string>();
    const steps = fc.array(step, { minLength: STEPS, maxLength: STEPS });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const world = new World();
        for (const one of all) {
          vi.setSystemTime(Date.now() + 1);
          await world.play(one);
          played.add(one.operation);
        }
      }),
      // Not made smaller, which takes longer than the test may: the message has the step that failed.
      { numRuns: RUNS, endOnFailure: true },
    );
    expect([...played].sort()).toEqual(
      [...new Set([...Object.keys(READS), ...Object.keys(WRITES)])].sort(),
    );
  },
  10_000 + RUNS * 4_000,
);
