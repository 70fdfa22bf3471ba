import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clashes,
  edits,
  isDraft,
  rebase,
  settle,
  type,
} from "../../../example/src/documents/draft.js";

const saved = { title: "Plan", content: "One", version: 1 };

describe("a draft", () => {
  it("begins with typing, and ends when the text is back where it was", () => {
    const draft = type(null, saved, { title: "Plan B" });
    expect(draft).toEqual({
      base: saved,
      text: { title: "Plan B", content: "One" },
    });
    expect(type(draft, saved, { title: "Plan" })).toBeNull();
  });

  it("sends only what was edited", () => {
    const draft = type(null, saved, { content: "Two" });
    expect(draft && edits(draft)).toEqual({ content: "Two" });
  });

  it("takes over what was saved in other fields", () => {
    const draft = type(null, saved, { content: "Two" })!;
    const moved = { title: "Plan B", content: "One", version: 2 };
    expect(clashes(draft, moved)).toBe(false);
    expect(rebase(draft, moved)).toEqual({
      base: moved,
      text: { title: "Plan B", content: "Two" },
    });
  });

  it("stays on its version when the same field was saved, so that saving it is refused", () => {
    const draft = type(null, saved, { content: "Two" })!;
    const moved = { ...saved, content: "Three", version: 2 };
    expect(clashes(draft, moved)).toBe(true);
    expect(rebase(draft, moved)).toBe(draft);
  });

  it("is done when somebody saved the very same text", () => {
    const draft = type(null, saved, { content: "Two" })!;
    expect(rebase(draft, { ...saved, content: "Two", version: 2 })).toBeNull();
  });

  it("keeps what was typed while it was being saved", () => {
    const draft = type(null, saved, { content: "Two, and more" })!;
    expect(settle(draft, { title: "Plan", content: "Two" }, 2)).toEqual({
      base: { title: "Plan", content: "Two", version: 2 },
      text: { title: "Plan", content: "Two, and more" },
    });
    expect(settle(draft, draft.text, 2)).toBeNull();
    expect(settle(null, draft.text, 2)).toBeNull();
  });

  it("never loses a word that was typed, and never overwrites one that was not", () => {
    const text = fc.constantFrom("a", "b", "c");
    const fields = fc.record({ title: text, content: text });
    fc.assert(
      fc.property(
        fields,
        fields,
        fields,
        fc.integer({ min: 1, max: 3 }),
        (before, typed, now, version) => {
          const draft = type(null, { ...before, version: 1 }, typed);
          fc.pre(draft !== null);
          const document =
            version === 1 ? { ...before, version } : { ...now, version };
          const after = rebase(draft, document);
          const shown = after?.text ?? document;
          for (const field of Object.keys(edits(draft)) as (
            "title" | "content"
          )[]) {
            expect(shown[field]).toBe(typed[field]);
          }
          if (after === null || after.base.version !== version) return;
          for (const field of ["title", "content"] as const) {
            if (!(field in edits(after)))
              expect(shown[field]).toBe(document[field]);
          }
        },
      ),
    );
  });

  it.each([
    null,
    1,
    "draft",
    {},
    { text: saved },
    { text: saved, base: { title: "Plan", content: "One" } },
  ])("is not made of what an older page left behind: %j", (value) => {
    expect(isDraft(value)).toBe(false);
  });
});
