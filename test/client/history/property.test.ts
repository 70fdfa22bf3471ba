/**
 * Any order of edits, reverts, names, transfers, trash, deletions, calls that a hook refuses, and time, against a model: what is
 * stored is what the model keeps, no content more and none less, and nobody but who may edit sees any of it.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Docs, type HistoryOptions } from "../../../src/client/index.js";
import { inComponent } from "../../support/component.js";
import {
  components,
  deploy,
  fields,
  identify,
  type Deployment,
  type HostCtx,
} from "../../support/host.js";
import { first, MINUTE, START, stored } from "../../support/history.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

/* The model. */

type Content = { title: string; content: string; summary?: string };
type Known = {
  version: number;
  by: string | null;
  kind: "edit" | "revert";
  reason?: string;
  name?: string;
  isPublished?: boolean;
};
type Kept = Known & { upTo: number; fields: Content };
type Present = Known & { since: number };
type Modelled = {
  owner: string;
  trashed: boolean;
  status: string;
  version: number;
  fields: Content;
  present: Present;
  kept: Kept[];
};

const size = (content: Content) => JSON.stringify(content).length;
const same = (a: Content, b: Content) =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (content: Content) => Object.entries(content).sort();

type Write = {
  by: string | null;
  kind: Known["kind"];
  reason?: string;
  fields: Content;
  status?: string;
};

/** Who writes what, at a time: what the document is then, and what is kept of it. */
function apply(
  document: Modelled,
  write: Write,
  now: number,
  windowMs: number,
): Modelled {
  const { by, kind, reason, fields: after, status = document.status } = write;
  const publishes = status !== document.status && status === "published";
  if (same(document.fields, after)) {
    if (status === document.status) return document;
    const present = publishes
      ? { ...document.present, isPublished: true }
      : document.present;
    return { ...document, status, version: document.version + 1, present };
  }
  const before = document.present;
  const drops = "summary" in document.fields && !("summary" in after);
  const isStep =
    now - before.since < windowMs &&
    before.by === by &&
    before.reason === reason &&
    before.kind === "edit" &&
    kind === "edit" &&
    before.name === undefined &&
    !before.isPublished &&
    !drops &&
    !halves(document.fields, after);
  const { since, ...known } = before;
  const version = document.version + 1;
  return {
    ...document,
    status,
    version,
    fields: after,
    present: {
      version,
      by,
      kind,
      since: isStep ? since : now,
      ...(reason === undefined ? {} : { reason }),
      ...(publishes ? { isPublished: true } : {}),
    },
    kept: isStep
      ? document.kept
      : [
          ...document.kept,
          { ...known, upTo: document.version, fields: document.fields },
        ],
  };
}

/** Contents here are far from half of one another, so that the measure does not matter. */
function halves(before: Content, after: Content): boolean {
  return size(after) < size(before) / 2;
}

/* The calls. */

const SHORT = "";
const LONG = "long ".repeat(100);
const HUGE = "huge ".repeat(2_000);
const contents = fc.constantFrom(SHORT, LONG, HUGE);
const at = fc.nat(3);
const change = fc.record({
  title: fc.constantFrom("a", "b", "c"),
  content: fc.option(contents, { nil: undefined }),
  summary: fc.constantFrom("keep" as const, "set" as const, "drop" as const),
  status: fc.option(fc.constantFrom("draft" as const, "published" as const), {
    nil: undefined,
  }),
  reason: fc.option(fc.constantFrom("r", "s"), { nil: undefined }),
  asSystem: fc.boolean(),
});
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(1, MINUTE, 6 * MINUTE),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("create" as const),
      content: contents,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("update" as const), at, change }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("batch" as const), change }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("refused" as const), at, change }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("revert" as const),
      at,
      back: fc.nat(6),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("name" as const),
      at,
      back: fc.nat(6),
      name: fc.option(fc.constantFrom("x", "y"), { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("trash" as const), at }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("restore" as const), at }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("purge" as const), at }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("transfer" as const),
      at,
      to: fc.constantFrom("ada", "bob"),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class World {
  readonly t: Deployment = deploy();
  readonly documents = new Map<string, Modelled>();
  private refuses = false;
  private readonly docs;

  constructor(
    private readonly windowMs: number,
    keep: NonNullable<HistoryOptions["keep"]>,
  ) {
    this.docs = new Docs(components.docs, {
      fields,
      identify,
      trash: true,
      history: {
        keep,
        for: "ever",
        coalesce: windowMs === 0 ? false : { minutes: windowMs / MINUTE },
      },
      onChange: (_ctx: HostCtx) => {
        if (this.refuses) throw new Error("no");
      },
    });
  }

  private pick(index: number, trashed = false): [string, Modelled] | undefined {
    const fitting = [...this.documents].filter(
      ([, document]) => document.trashed === trashed,
    );
    return fitting[index % Math.max(1, fitting.length)];
  }

  private actor(owner: string, asSystem = false) {
    return asSystem ? this.docs.asSystem("test") : this.docs.as(owner);
  }

  async run(one: Step): Promise<void> {
    switch (one.kind) {
      case "wait":
        vi.advanceTimersByTime(one.ms);
        await this.t.finishInProgressScheduledFunctions();
        break;
      case "create":
        await this.create(one.content);
        break;
      case "update":
        await this.update(one.at, one.change);
        break;
      case "refused":
        await this.refused(one.at, one.change);
        break;
      case "batch":
        await this.batch(one.change);
        break;
      case "revert":
        await this.revert(one.at, one.back);
        break;
      case "name":
        await this.name(one.at, one.back, one.name);
        break;
      case "transfer":
        await this.transfer(one.at, one.to);
        break;
      default:
        await this.move(one.kind, one.at);
        break;
    }
  }

  private async create(content: string) {
    if (this.documents.size === 4) return;
    const own = { title: "a", content };
    const { id } = await this.t.mutation((ctx) =>
      this.docs.as("ada").create(ctx, own),
    );
    const present: Present = {
      version: 1,
      by: "ada",
      kind: "edit",
      since: Date.now(),
    };
    this.documents.set(id, {
      owner: "ada",
      trashed: false,
      status: "draft",
      version: 1,
      fields: own,
      present,
      kept: [],
    });
  }

  private changeOf(
    document: Modelled,
    {
      title,
      content = document.fields.content,
      summary,
      status,
      reason,
    }: Extract<Step, { kind: "update" }>["change"],
  ) {
    const after: Content = { ...document.fields, title, content };
    if (summary === "set") after.summary = "s";
    if (summary === "drop") delete after.summary;
    const unset =
      summary === "drop" && "summary" in document.fields
        ? { unset: ["summary" as const] }
        : {};
    const args = {
      title,
      content,
      ...(summary === "set" ? { summary: "s" } : {}),
      ...unset,
      ...(status ? { status } : {}),
    };
    return { after, args, note: reason === undefined ? {} : { reason } };
  }

  private async update(
    index: number,
    wanted: Extract<Step, { kind: "update" }>["change"],
  ) {
    const [id, document] = this.pick(index) ?? [];
    if (!id || !document) return;
    const { after, args, note } = this.changeOf(document, wanted);
    const who = this.actor(document.owner, wanted.asSystem);
    const { version } = await this.t.mutation((ctx) =>
      who.update(ctx, { id, ...args }, note),
    );
    const by = wanted.asSystem ? null : document.owner;
    const write: Write = {
      by,
      kind: "edit",
      fields: after,
      ...note,
      ...(wanted.status ? { status: wanted.status } : {}),
    };
    const next = apply(document, write, Date.now(), this.windowMs);
    expect(version).toBe(next.version);
    this.documents.set(id, next);
  }

  private async batch(wanted: Extract<Step, { kind: "batch" }>["change"]) {
    const live = [...this.documents].filter(([, { trashed }]) => !trashed);
    const items = live.map(([id, document]) => ({
      id,
      ...this.changeOf(document, wanted).args,
    }));
    const { note } = this.changeOf(
      live[0]?.[1] ?? ({ fields: {} } as Modelled),
      wanted,
    );
    await this.t.mutation((ctx) =>
      this.docs.asSystem("test").batchUpdate(ctx, { items }, note),
    );
    for (const [id, document] of live) {
      const { after } = this.changeOf(document, wanted);
      const write: Write = {
        by: null,
        kind: "edit",
        fields: after,
        ...note,
        ...(wanted.status ? { status: wanted.status } : {}),
      };
      this.documents.set(id, apply(document, write, Date.now(), this.windowMs));
    }
  }

  /** An edit, a deletion and a new document, each taken back within a call that goes on. */
  private async refused(
    index: number,
    wanted: Extract<Step, { kind: "update" }>["change"],
  ) {
    const [id, document] = this.pick(index) ?? [];
    if (!id || !document) return;
    const { args } = this.changeOf(document, wanted);
    const who = this.docs.as(document.owner);
    this.refuses = true;
    await this.t.mutation(async (ctx) => {
      await who.update(ctx, { id, ...args, content: `${args.content}!` }).then(
        () => expect.fail("told"),
        () => undefined,
      );
      await who.remove(ctx, { id }).then(
        () => expect.fail("told"),
        () => undefined,
      );
      await who.create(ctx, { title: "a", content: "" }).then(
        () => expect.fail("told"),
        () => undefined,
      );
    });
    this.refuses = false;
  }

  private async revert(index: number, back: number) {
    const [id, document] = this.pick(index) ?? [];
    if (!id || !document) return;
    const to = document.kept[document.kept.length - 1 - back];
    if (!to || !(await this.isKept(id, to))) return;
    await this.t.mutation((ctx) =>
      this.docs.as(document.owner).revert(ctx, { id, to: to.version }),
    );
    const write: Write = {
      by: document.owner,
      kind: "revert",
      fields: to.fields,
    };
    this.documents.set(id, apply(document, write, Date.now(), this.windowMs));
  }

  private async name(index: number, back: number, name: string | null) {
    const [id, document] = this.pick(index) ?? [];
    if (!id || !document) return;
    const versions: Known[] = [...document.kept, document.present];
    const one = versions[versions.length - 1 - back];
    if (!one || !(await this.isKept(id, one))) return;
    await this.t.mutation((ctx) =>
      this.docs
        .as(document.owner)
        .nameRevision(ctx, { id, version: one.version, name }),
    );
    const named = <K extends Known>(known: K): K => {
      if (known.version !== one.version) return known;
      const { name: _, ...rest } = known;
      return { ...rest, ...(name === null ? {} : { name }) } as K;
    };
    this.documents.set(id, {
      ...document,
      present: named(document.present),
      kept: document.kept.map(named),
    });
  }

  /** Whether it is still there: with `keep`, the oldest go. */
  private async isKept(id: string, { version }: Known): Promise<boolean> {
    return (
      (await this.t.query((ctx) =>
        this.docs.asSystem("test").getRevision(ctx, { id, version }),
      )) !== null
    );
  }

  private async transfer(index: number, to: string) {
    const [id, document] = this.pick(index) ?? [];
    if (!id || !document || to === document.owner) return;
    await this.t.mutation((ctx) =>
      this.docs.as(document.owner).transfer(ctx, { id, to }),
    );
    this.documents.set(id, {
      ...document,
      owner: to,
      version: document.version + 1,
    });
  }

  private async move(kind: "trash" | "restore" | "purge", index: number) {
    const [id, document] = this.pick(index, kind !== "trash") ?? [];
    if (!id || !document) return;
    const operation = kind === "trash" ? "remove" : kind;
    await this.t.mutation((ctx) =>
      this.docs.as(document.owner)[operation](ctx, { id }),
    );
    if (kind === "purge") this.documents.delete(id);
    else
      this.documents.set(id, {
        ...document,
        trashed: kind === "trash",
        version: document.version + 1,
      });
  }

  /* What must hold. */

  async settle() {
    for (let seconds = 0; seconds < 50; seconds += 1) {
      vi.advanceTimersByTime(1_000);
      await this.t.finishInProgressScheduledFunctions();
    }
    expect(
      await inComponent(this.t, (ctx) => ctx.db.query("tasks").collect()),
    ).toEqual([]);
  }

  async check(keep: number) {
    const { documents, revisions, bodies } = await stored(this.t);
    expect(documents.map(({ _id }) => _id).sort()).toEqual(
      [...this.documents.keys()].sort(),
    );
    const bodyOf = new Map(
      bodies.map(({ _id, fields: content }) => [_id, content]),
    );
    for (const [id, document] of this.documents) {
      const rows = revisions.filter(({ documentId }) => documentId === id);
      const shown = rows.map(
        ({ version, upTo, by, kind, reason, name, fields: own, bodyId }) => ({
          version,
          upTo,
          by,
          kind,
          reason,
          name,
          fields: own ?? (bodyId && bodyOf.get(bodyId)),
        }),
      );
      const expected = document.kept.map(
        ({ version, upTo, by, kind, reason, name, fields: content }) => ({
          version,
          upTo,
          by,
          kind,
          reason,
          name,
          fields: content,
        }),
      );
      // The oldest may be gone, if there are more than are kept; nothing else.
      const surplus = expected.slice(0, Math.max(0, expected.length - keep));
      const gone = surplus.filter(
        ({ version, name }) =>
          name === undefined && !shown.some((row) => row.version === version),
      );
      expect(shown).toEqual(expected.filter((row) => !gone.includes(row)));
      const row = documents.find(({ _id }) => _id === id);
      const { version, by } = document.present;
      expect(row).toMatchObject({
        version: document.version,
        fields: document.fields,
        head: { version, by, n: document.kept.length },
      });
      await this.checkReaders(id, document, shown);
    }
    const alive = revisions.filter(({ documentId }) =>
      this.documents.has(documentId),
    );
    expect(alive).toHaveLength(revisions.length);
    expect(bodies).toHaveLength(
      revisions.filter(({ bodyId }) => bodyId).length,
    );
  }

  private async checkReaders(
    id: string,
    document: Modelled,
    shown: { version: number }[],
  ) {
    const pageOf = (who: string) =>
      this.t.query((ctx) =>
        this.docs.as(who).listRevisions(ctx, {
          id,
          paginationOpts: { ...first, numItems: 100 },
        }),
      );
    const stranger = document.owner === "ada" ? "bob" : "ada";
    expect((await pageOf(stranger)).page).toEqual([]);
    const own = (await pageOf(document.owner)).page.map(
      ({ version }) => version,
    );
    const expected = [document.present, ...[...shown].reverse()].map(
      ({ version }) => version,
    );
    expect(own).toEqual(document.trashed ? [] : expected);
  }
}

test.each([
  ["all, coalesced", "all", 5 * MINUTE],
  ["all, each its own", "all", 0],
  ["at most three", 3, 0],
] as const)(
  "%s",
  async (_, keep, windowMs) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 60, size: "max" }),
        async (steps) => {
          vi.setSystemTime(START);
          const world = new World(windowMs, keep);
          await world.run({ kind: "create", content: LONG });
          for (const one of steps) await world.run(one);
          await world.settle();
          await world.check(keep === "all" ? Infinity : keep);
        },
      ),
      { numRuns: 25 },
    );
  },
  120_000,
);
