/**
 * Any order of edits, publishing, plans, sharing, transfers, trash and time, against a model: everybody sees what was published last
 * and nothing else, nothing that its people wrote is lost, and each plan is carried out once, or refused with a reason, or cancelled.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploy, people } from "../../support/host.js";
import { START } from "../../support/history.js";
import { docs, shown } from "../../support/publishing.js";
import { refusal } from "../../support/refusals.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

const MINUTE = 60_000;

/* The model. */

type Action = "publish" | "unpublish";
type Person = "ada" | "bob";
type Planned = {
  action: Action;
  at: number;
  by: Person;
  ifVersion?: number;
  state: "pending" | "done" | "refused" | "cancelled";
  code?: string;
};
type Modelled = {
  owner: Person;
  /** Whether the other of the two was made a manager. */
  isShared: boolean;
  isPublic: boolean;
  isTrashed: boolean;
  isGone: boolean;
  status: "draft" | "published" | "archived";
  version: number;
  title: string;
  /** What everybody sees, where the document is ahead of it. */
  live?: string;
  plans: Planned[];
};

const other = (who: Person): Person => (who === "ada" ? "bob" : "ada");
const mayPublish = (document: Modelled, who: Person) =>
  document.owner === who || document.isShared;
const liveOf = (document: Modelled) =>
  document.isPublic &&
  !document.isTrashed &&
  !document.isGone &&
  document.status === "published"
    ? (document.live ?? document.title)
    : undefined;

function endPlans(document: Modelled, actions: Action[]) {
  for (const plan of document.plans) {
    if (plan.state === "pending" && actions.includes(plan.action))
      plan.state = "cancelled";
  }
}

function setStatus(
  document: Modelled,
  status: Modelled["status"],
  ends: Action[] = ["publish", "unpublish"],
) {
  const isAhead = document.live !== undefined;
  if (status === document.status && !isAhead) return;
  document.status = status;
  document.version += 1;
  delete document.live;
  endPlans(document, status === "published" ? ["publish"] : ends);
}

/** Carries out what is due, the oldest first. */
function fire(document: Modelled, now: number) {
  const due = document.plans
    .filter(({ state, at }) => state === "pending" && at <= now)
    .sort((a, b) => a.at - b.at);
  for (const plan of due) {
    if (plan.state !== "pending") continue;
    if (document.isGone) {
      plan.state = "cancelled";
      continue;
    }
    const { ifVersion = document.version } = plan;
    if (!mayPublish(document, plan.by)) {
      plan.state = "refused";
      plan.code = liveOf(document) === undefined ? "NOT_FOUND" : "FORBIDDEN";
    } else if (ifVersion !== document.version) {
      plan.state = "refused";
      plan.code = "CONFLICT";
    } else {
      plan.state = "done";
      const isLive = document.status === "published";
      if (plan.action === "publish") setStatus(document, "published");
      // A plan leaves what is planned for later.
      else if (isLive) setStatus(document, "draft", ["unpublish"]);
    }
  }
}

/* The calls. */

const who = fc.constantFrom<Person[]>("ada", "bob");
const action = fc.constantFrom<Action[]>("publish", "unpublish");
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("edit"), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("publish", "unpublish", "discard"),
      who,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("schedule"),
      who,
      action,
      minutes: fc.constantFrom(0, 1, 5, 60),
      isPinned: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("cancel"), who, action }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("share", "unshare", "show", "hide", "archive"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("trash", "restore", "transfer"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait"),
      minutes: fc.constantFrom(1, 6, 70),
    }),
  },
);
type Step = {
  kind: string;
  who?: Person;
  action?: Action;
  minutes?: number;
  isPinned?: boolean;
};

class World {
  readonly t = deploy();
  private id = "";
  private titles = 0;
  private document!: Modelled;

  private by(who: Person) {
    return people(this.t)[who];
  }

  async begin() {
    const { id } = await this.by("ada").mutation((ctx) =>
      docs.create(ctx, {
        title: "t0",
        content: "",
        isPublic: true,
        status: "published",
      }),
    );
    this.id = id;
    this.document = {
      owner: "ada",
      isShared: false,
      isPublic: true,
      isTrashed: false,
      isGone: false,
      status: "published",
      version: 1,
      title: "t0",
      plans: [],
    };
  }

  async run(one: Step) {
    const { kind, who = this.document.owner } = one;
    if (kind === "wait") {
      await this.wait(one.minutes ?? 0);
      return;
    }
    const { document, id } = this;
    const may = !document.isTrashed && mayPublish(document, who);
    if (kind === "restore") {
      if (!document.isTrashed) return;
      await this.by(document.owner).mutation((ctx) =>
        docs.restore(ctx, { id }),
      );
      document.isTrashed = false;
      document.version += 1;
      return;
    }
    if (document.isTrashed) return;
    if (["edit", "publish", "unpublish", "discard"].includes(kind)) {
      const call = this.call(kind, who);
      if (!may) {
        await this.refused(call);
        return;
      }
      await call;
      this.written(kind);
      return;
    }
    if (kind === "schedule" || kind === "cancel") {
      await this.plan(one, who, may);
      return;
    }
    await this.owned(kind);
  }

  /** Whoever sees it is told that they may not; to whoever does not, it is not there. */
  private async refused(call: Promise<unknown>) {
    const isSeen = liveOf(this.document) !== undefined;
    const code = isSeen ? "FORBIDDEN" : "NOT_FOUND";
    expect(await refusal(call)).toMatchObject({ code });
  }

  private async call(kind: string, who: Person) {
    const { id } = this;
    const title = `t${this.titles + 1}`;
    await this.by(who).mutation(async (ctx) => {
      if (kind === "edit") await docs.update(ctx, { id, title });
      if (kind === "publish") await docs.publish(ctx, { id });
      if (kind === "unpublish") await docs.unpublish(ctx, { id });
      if (kind === "discard") await docs.discardDraft(ctx, { id });
    });
  }

  private written(kind: string) {
    const { document } = this;
    if (kind === "edit") {
      this.titles += 1;
      if (document.status === "published") document.live ??= document.title;
      document.title = `t${this.titles}`;
      document.version += 1;
    }
    if (kind === "publish") setStatus(document, "published");
    if (kind === "unpublish" && document.status === "published")
      setStatus(document, "draft");
    if (kind === "discard" && document.live !== undefined) {
      document.title = document.live;
      document.version += 1;
      delete document.live;
    }
  }

  private async plan(one: Step, who: Person, may: boolean) {
    const { document, id } = this;
    const { action = "publish", minutes = 0 } = one;
    const at = Date.now() + minutes * MINUTE;
    const pin = one.isPinned ? { ifVersion: document.version } : {};
    const call = this.by(who).mutation(async (ctx) => {
      if (one.kind === "cancel") await docs.cancelSchedule(ctx, { id, action });
      else await docs.schedule(ctx, { id, action, at, ...pin });
    });
    if (!may) {
      await this.refused(call);
      return;
    }
    await call;
    endPlans(document, [action]);
    if (one.kind === "schedule")
      document.plans.push({ action, at, by: who, state: "pending", ...pin });
  }

  private async owned(kind: string) {
    const { document, id } = this;
    const { owner } = document;
    const principal = other(owner);
    await this.by(owner).mutation(async (ctx) => {
      if (kind === "share")
        await docs.share(ctx, { id, principal, role: "manager" });
      if (kind === "unshare") await docs.unshare(ctx, { id, principal });
      if (kind === "show") await docs.update(ctx, { id, isPublic: true });
      if (kind === "hide") await docs.update(ctx, { id, isPublic: false });
      if (kind === "archive")
        await docs.update(ctx, { id, status: "archived" });
      if (kind === "trash") await docs.remove(ctx, { id });
      if (kind === "transfer") await docs.transfer(ctx, { id, to: principal });
    });
    if (kind === "share" || kind === "unshare")
      document.isShared = kind === "share";
    if (kind === "show" || kind === "hide") {
      if (document.isPublic !== (kind === "show")) document.version += 1;
      document.isPublic = kind === "show";
    }
    if (kind === "archive") setStatus(document, "archived");
    if (kind === "trash") document.isTrashed = true;
    if (kind === "transfer") {
      Object.assign(document, { owner: principal, isPublic: false });
      // What the new owner was given goes, and the old owner has nothing.
      document.isShared = false;
    }
    if (kind === "trash" || kind === "transfer") {
      document.version += 1;
      endPlans(document, ["publish", "unpublish"]);
    }
  }

  private async wait(minutes: number) {
    const end = Date.now() + minutes * MINUTE;
    while (Date.now() < end) {
      vi.advanceTimersByTime(MINUTE);
      await this.t.finishInProgressScheduledFunctions();
      fire(this.document, Date.now());
    }
  }

  /** What everybody and its people see is what the model says. */
  async check() {
    const { document, id } = this;
    const live = liveOf(document);
    const seen = await shown(people(this.t).nobody, id);
    expect(seen.document?.title).toBe(live);
    expect(seen.listed.map(({ title }) => title)).toEqual(live ? [live] : []);
    const who = this.by(document.owner);
    const own = await who.query((ctx) => docs.get(ctx, { id }));
    if (document.isTrashed) {
      expect(own).toBeNull();
      return;
    }
    expect(own).toMatchObject({
      title: document.title,
      status: document.status,
      version: document.version,
    });
    expect(own?.hasDraft === true).toBe(document.live !== undefined);
    const plans = await who.query((ctx) => docs.schedules(ctx, { id }));
    const expected = document.plans.slice(-20).reverse();
    expect(
      plans.map((plan) => [plan.action, plan.at, plan.state, plan.error?.code]),
    ).toEqual(
      expected.map((plan) => [plan.action, plan.at, plan.state, plan.code]),
    );
  }

  /** Every title that was ever written is there, now or in the history. */
  async checkHistory() {
    const { id, document } = this;
    if (document.isTrashed) return;
    const { page } = await this.by(document.owner).query((ctx) =>
      docs.listRevisions(ctx, {
        id,
        paginationOpts: { numItems: 100, cursor: null },
      }),
    );
    const contents = await Promise.all(
      page.map(({ version }) =>
        this.by(document.owner).query((ctx) =>
          docs.getRevision(ctx, { id, version }),
        ),
      ),
    );
    const titles = new Set(contents.map((one) => one?.fields["title"]));
    for (let n = 0; n <= this.titles; n += 1) expect(titles).toContain(`t${n}`);
  }
}

test("any order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 40, size: "max" }),
      async (steps) => {
        vi.setSystemTime(START);
        const world = new World();
        await world.begin();
        for (const one of steps as Step[]) {
          await world.run(one);
          await world.check();
        }
        await world.run({ kind: "wait", minutes: 70 });
        await world.check();
        await world.checkHistory();
      },
    ),
    { numRuns: Number(process.env["PUBLISHING_RUNS"] ?? 20) },
  );
}, 900_000);
