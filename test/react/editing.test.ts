/**
 * An editor in any order of events, against what its user knows: nothing that was typed is lost, nothing that others wrote is
 * overwritten unseen, and what is sent is what was typed.
 *
 * The page is played: after each change it shows the newest document that has arrived, as `useDocumentEditor` does after each
 * render.
 */
import { ConvexError, type Value } from "convex/values";
import fc from "fast-check";
import { expect, it } from "vitest";
import { clashes, type EditedDocument } from "../../src/react/draft.js";
import { Editing, storedDraft } from "../../src/react/editing.js";
import { conflict, forbidden } from "../../src/shared/failures.js";
import type { Written } from "../../src/shared/documents.js";

type Field = "title" | "content" | "tag";
type Text = string | undefined;
type Doc = EditedDocument & { [Name in Field]?: string };
type Args = Record<string, Value>;

type Call = {
  args: Args;
  /** Once the server has decided. */
  answer?: () => void;
  succeed: (written: Written) => void;
  fail: (error: unknown) => void;
};

type Step =
  | { do: "type" | "clear" | "other"; field: Field }
  | { do: "resolve"; side: "mine" | "theirs" }
  /** The newest document arrives. A call arrives at the server, is refused there, is answered. A page without `show` is offline. */
  | { do: "show" | "arrive" | "refuse" | "answer" }
  | { do: "save" | "discard" | "remount" | "reload" };

class World {
  /** What the server has. */
  stored: Doc = { _id: "a", version: 1, title: "t", content: "c", tag: "g" };
  /** What is on the screen, perhaps older. */
  shown = this.stored;
  readonly texts = new Map<string, string>();
  readonly storage = {
    getItem: (key: string) => this.texts.get(key) ?? null,
    setItem: (key: string, text: string) => void this.texts.set(key, text),
    removeItem: (key: string) => void this.texts.delete(key),
  };
  /** Calls without an answer, oldest first. */
  calls: Call[] = [];
  editing = this.#mount();
  /** What was typed, is not at the server and was not given up. */
  readonly unsaved = new Map<Field, Text>();
  readonly #newest = new Map<Field, Text>();
  /** Texts that the user has seen before typing over them, or has written. */
  readonly #known = {
    title: new Set<Text>(),
    content: new Set<Text>(),
    tag: new Set<Text>(),
  };
  #count = 0;

  #mount(): Editing {
    const editing = new Editing(this.shown, this.storage);
    editing.subscribe(() => queueMicrotask(() => this.#render(editing)));
    queueMicrotask(() => this.#render(editing));
    return editing;
  }

  #render(editing: Editing): void {
    if (editing !== this.editing) return;
    editing.show(this.shown, (args) => this.#send(args));
  }

  /** The page calls `update`. */
  #send(args: Args): Promise<Written> {
    for (const [field, text] of changesOf(args)) {
      expect(this.#newest.has(field)).toBe(true);
      expect(text).toBe(this.#newest.get(field));
    }
    return new Promise((succeed, fail) => {
      this.calls.push({ args, succeed, fail });
    });
  }

  async step(step: Step): Promise<void> {
    if (step.do === "type") this.#type(step.field, this.#text("mine"));
    else if (step.do === "clear") this.#type(step.field, undefined);
    else if (step.do === "other") this.#write(step.field, this.#text("theirs"));
    else if (step.do === "resolve") this.#resolve(step.side);
    else this[step.do]();
    await settled();
    this.check();
  }

  #type(field: Field, text: Text): void {
    const isNew = !this.editing.state.draft?.edits[field];
    if (isNew) this.#known[field].add(this.shown[field]);
    this.#newest.set(field, text);
    // What is there already is no change.
    const isThere = [this.shown[field], this.stored[field]].includes(text);
    if (isThere) this.unsaved.delete(field);
    else this.unsaved.set(field, text);
    this.editing.change({ [field]: text });
  }

  /** Somebody else saves. */
  #write(field: Field, text: string): void {
    const version = this.stored.version + 1;
    this.stored = { ...this.stored, [field]: text, version };
  }

  #resolve(side: "mine" | "theirs"): void {
    const { draft, isPending } = this.editing.state;
    // The page asks only then.
    if (isPending) return;
    for (const field of clashes(draft, this.shown) as Field[]) {
      if (side === "mine") this.#known[field].add(this.shown[field]);
      else this.unsaved.delete(field);
    }
    this.editing.resolve(side);
  }

  show(): void {
    this.shown = this.stored;
    this.#render(this.editing);
  }

  save(): void {
    void this.editing.save().catch(() => undefined);
  }

  discard(): void {
    this.editing.discard();
    this.unsaved.clear();
  }

  /** The oldest call reaches the server, which does as `update` does. */
  arrive(): void {
    const call = this.calls.find(({ answer }) => !answer);
    if (!call) return;
    const expected = Number(call.args["ifVersion"]);
    if (expected !== this.stored.version) {
      const data = conflict("a", expected, this.stored.version);
      call.answer = () => call.fail(new ConvexError(data));
      return;
    }
    const version = expected + 1;
    const next = new Map<string, unknown>(Object.entries(this.stored));
    next.set("version", version);
    for (const [field, text] of changesOf(call.args)) {
      // What is replaced the user has seen or written.
      expect([...this.#known[field]]).toContain(this.stored[field]);
      this.#known[field].add(text);
      if (this.unsaved.get(field) === text) this.unsaved.delete(field);
      if (text === undefined) next.delete(field);
      else next.set(field, text);
    }
    this.stored = Object.fromEntries(next) as Doc;
    call.answer = () => call.succeed({ id: "a", version });
  }

  refuse(): void {
    const call = this.calls.find(({ answer }) => !answer);
    if (!call) return;
    call.answer = () => call.fail(new ConvexError(forbidden("a")));
  }

  answer(): void {
    const call = this.calls.find(({ answer }) => answer);
    this.calls = this.calls.filter((other) => other !== call);
    call?.answer?.();
  }

  /** Somewhere else and back: what was sent is still answered. */
  remount(): void {
    this.editing.leave();
    this.editing = this.#mount();
  }

  /** What was sent may still arrive, and nobody hears of it. */
  reload(): void {
    for (const call of this.calls) call.succeed = call.fail = () => undefined;
    this.editing.leave();
    this.shown = this.stored;
    this.editing = this.#mount();
  }

  /** What was typed is on the page, and outlives a reload. */
  check(): void {
    const kept = storedDraft<Doc>(this.storage, "a")?.values ?? {};
    const edits = this.editing.state.draft?.edits ?? {};
    for (const [field, text] of this.unsaved) {
      expect(Object.keys(edits)).toContain(field);
      expect(edits[field]?.to).toBe(text);
      expect(kept[field]).toBe(text);
    }
  }

  /** Everything arrives, and the user keeps what is theirs. */
  async end(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      for (const what of ["arrive", "answer", "show"] as const) {
        await this.step({ do: what });
      }
      await this.step({ do: "resolve", side: "mine" });
      if (!this.editing.state.isPending) await this.step({ do: "save" });
    }
    expect(this.editing.state).toMatchObject({ draft: null, isPending: false });
    expect(this.calls).toEqual([]);
    expect([...this.unsaved]).toEqual([]);
    expect(this.texts.size).toBe(0);
  }

  #text(who: string): string {
    return `${who} ${++this.#count}`;
  }
}

/** What a call changes. */
function changesOf(args: Args): [Field, Text][] {
  const { id: _id, ifVersion: _version, unset = [], ...set } = args;
  const cleared = (unset as Field[]).map((name): [Field, Text] => [
    name,
    undefined,
  ]);
  return [...(Object.entries(set) as [Field, Text][]), ...cleared];
}

/** Every promise that was ready has run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 25; turn++) await Promise.resolve();
}

/** `RUNS=10000` looks further: 40 s. */
const RUNS = Number(process.env["RUNS"] ?? 300);

const field = fc.constantFrom<Field>("title", "content", "tag");
const does = <What extends Step["do"]>(...what: What[]) =>
  fc.record({ do: fc.constantFrom(...what) });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("type" as const), field }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "clear", field: "tag" }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("other" as const), field }),
  },
  { weight: 8, arbitrary: does("show", "save", "arrive", "answer") },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("resolve" as const),
      side: fc.constantFrom("mine" as const, "theirs" as const),
    }),
  },
  { weight: 2, arbitrary: does("refuse", "discard", "remount", "reload") },
);

it("loses nothing that was typed, overwrites nothing unseen, and sends only what was typed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = new World();
      await settled();
      for (const one of steps) await world.step(one);
      await world.end();
    }),
    { numRuns: RUNS },
  );
}, 60_000);

it("is no conflict to type over what came during a save and was seen", async () => {
  const world = new World();
  await world.step({ do: "type", field: "title" });
  await world.step({ do: "save" });
  await world.step({ do: "arrive" });
  await world.step({ do: "other", field: "content" });
  await world.step({ do: "show" });
  await world.step({ do: "type", field: "content" });
  await world.step({ do: "answer" });
  await world.step({ do: "show" });
  expect(clashes(world.editing.state.draft, world.shown)).toEqual([]);
  await world.end();
});

it("keeps what is typed after coming back, whatever becomes of the save that was under way", async () => {
  const world = new World();
  await world.step({ do: "type", field: "title" });
  await world.step({ do: "save" });
  await world.step({ do: "remount" });
  await world.step({ do: "type", field: "title" });
  await world.step({ do: "arrive" });
  await world.step({ do: "answer" });
  await world.step({ do: "reload" });
  expect(world.unsaved.get("title")).toBe("mine 2");
  await world.end();
});
