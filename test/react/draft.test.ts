import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clashes,
  decodeDraft,
  editDraft,
  encodeDraft,
  rebase,
  resolve,
  settle,
  toUpdate,
  withDraft,
  type EditedDocument,
} from "../../src/react/draft.js";

type Doc = EditedDocument & {
  title: string;
  content: string;
  tag?: string;
  pinned?: boolean;
};
const saved: Doc = { _id: "a", version: 1, title: "Plan", content: "One" };

function edit(changes: object, document: EditedDocument = saved) {
  return editDraft(null, document, changes, {});
}

describe("a draft", () => {
  it("begins with typing, and ends when the text is back where it was", () => {
    const draft = edit({ title: "Plan B" });
    expect(withDraft(saved, draft)).toEqual({ ...saved, title: "Plan B" });
    expect(editDraft(draft, saved, { title: "Plan" }, {})).toBeNull();
  });

  it("holds what was edited and nothing else", () => {
    const draft = edit({ title: "Plan", content: "Two" });
    expect(toUpdate(draft!.edits)).toEqual({ content: "Two" });
  });

  it.each([
    [
      "a field that is taken away",
      { tag: "x" },
      { tag: undefined },
      { unset: ["tag"] },
    ],
    ["a field that is not there", {}, { tag: undefined }, null],
    [
      "a column that `false` clears",
      { pinned: true },
      { pinned: false },
      { pinned: false },
    ],
    [
      "a column that is taken away",
      { pinned: true },
      { pinned: undefined },
      { pinned: false },
    ],
    ["a column that is clear", {}, { pinned: false }, null],
    ["no expiry where there is none", {}, { expiresAt: null }, null],
    ["an equal list", { tags: ["a"] }, { tags: ["a"] }, null],
    [
      "another list",
      { tags: ["a"] },
      { tags: ["a", "b"] },
      { tags: ["a", "b"] },
    ],
  ])("sends %s as update takes it", (_what, stored, changes, sent) => {
    const draft = edit(changes, { ...saved, ...stored });
    expect(draft && toUpdate(draft.edits)).toEqual(sent);
  });

  it("goes along when other fields are saved", () => {
    const draft = edit({ content: "Two" });
    const moved = { ...saved, title: "Plan B", version: 2 };
    expect(clashes(draft, moved)).toEqual([]);
    const rebased = rebase(draft, moved);
    expect(rebased?.version).toBe(2);
    expect(withDraft(moved, rebased)).toEqual({ ...moved, content: "Two" });
  });

  it("clashes when the same field is saved, and stays as it is", () => {
    const draft = edit({ content: "Two" });
    const moved = { ...saved, content: "Three", version: 2 };
    expect(clashes(draft, moved)).toEqual(["content"]);
    expect(rebase(draft, moved)).toBe(draft);
  });

  it("is done when somebody saved the very same", () => {
    const draft = edit({ content: "Two" });
    const moved = { ...saved, content: "Two", version: 2 };
    expect(rebase(draft, moved)).toBeNull();
  });

  it("keeps what was typed while it was being saved", () => {
    const first = edit({ content: "Two" })!;
    const on = editDraft(
      first,
      saved,
      { content: "Two, and more" },
      first.edits,
    );
    const left = settle(on, first.edits, 2);
    expect(left).toEqual({
      edits: { content: { from: "Two", to: "Two, and more" } },
      version: 2,
      saved: 2,
    });
    expect(settle(first, first.edits, 2)).toBeNull();
    expect(settle(null, first.edits, 2)).toBeNull();
  });

  it("keeps what was typed back to where it began while it was being saved", () => {
    const first = edit({ content: "Two" })!;
    const back = editDraft(first, saved, { content: "One" }, first.edits);
    expect(toUpdate(settle(back, first.edits, 2)!.edits)).toEqual({
      content: "One",
    });
    // Where the save was refused, there is nothing left to do.
    expect(rebase(back, saved)).toBeNull();
  });

  it("does not clash with a document that has not caught up, nor with what a schema made of it", () => {
    const first = edit({ content: "Two " })!;
    const on = editDraft(first, saved, { content: "Two 3" }, first.edits);
    const left = settle(on, first.edits, 2);
    expect(clashes(left, saved)).toEqual([]);
    expect(rebase(left, saved)).toBe(left);
    const trimmed = { ...saved, content: "Two", version: 2 };
    expect(clashes(left, trimmed)).toEqual([]);
    const later = { ...trimmed, title: "Plan B", version: 3 };
    expect(clashes(rebase(left, trimmed), later)).toEqual([]);
  });

  it("takes the side that the user chooses, where it clashes and nowhere else", () => {
    const draft = edit({ title: "Mine", content: "Mine" });
    const moved = { ...saved, title: "Theirs", version: 2 };
    const mine = resolve(draft, moved, "mine");
    expect(clashes(mine, moved)).toEqual([]);
    expect(toUpdate(mine!.edits)).toEqual({ title: "Mine", content: "Mine" });
    const theirs = resolve(draft, moved, "theirs");
    expect(toUpdate(theirs!.edits)).toEqual({ content: "Mine" });
    expect(theirs?.version).toBe(2);
  });

  it("never loses a word that was typed, and never overwrites one that was not", () => {
    const text = fc.constantFrom("a", "b", "c");
    const fields = fc.record({ title: text, content: text });
    fc.assert(
      fc.property(fields, fields, fields, (before, typed, now) => {
        const document: Doc = { _id: "a", version: 1, ...before };
        const moved: Doc = { _id: "a", version: 2, ...now };
        const draft = editDraft(null, document, typed, {});
        const shown = withDraft(moved, rebase(draft, moved));
        const clashing = clashes(draft, moved);
        for (const name of ["title", "content"] as const) {
          const isTyped = typed[name] !== before[name];
          expect(shown[name]).toBe(isTyped ? typed[name] : now[name]);
          const isTheirs =
            now[name] !== before[name] && now[name] !== typed[name];
          expect(clashing.includes(name)).toBe(isTyped && isTheirs);
        }
      }),
    );
  });
});

describe("a draft in a browser's storage", () => {
  it("comes back as it was, whatever its fields are made of", () => {
    const edits = {
      title: { from: "Plan", to: "Plan B" },
      cents: { from: 1n, to: 2n },
      pdf: {
        from: new Uint8Array([1]).buffer,
        to: new Uint8Array([1, 2]).buffer,
      },
      tag: { from: "x" },
      lines: { to: [{ at: 1, by: null }] },
    };
    const draft = { edits, version: 3, saved: 2 };
    expect(decodeDraft(encodeDraft(draft))).toEqual(draft);
  });

  it.each([
    [null],
    [""],
    ["{"],
    ["null"],
    ["3"],
    ['"x"'],
    ['{"base":{"title":"x","version":1},"text":{"title":"y"}}'],
    ['{"version":1,"saved":0}'],
    ['{"version":1,"saved":0,"edits":{}}'],
    ['{"version":1,"saved":0,"edits":{"title":null}}'],
    ['{"version":1,"saved":0,"edits":{"title":"x"}}'],
    ['{"version":"1","saved":{},"edits":{"title":{"to":"x"}}}'],
  ])("is none of ours: %s", (text) => {
    expect(decodeDraft(text)).toBeNull();
  });
});
