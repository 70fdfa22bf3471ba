import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  difference,
  type Part,
} from "../../../example/src/documents/difference.js";

const textOf = (parts: Part[]) => parts.map((part) => part.text).join("");
const own = (parts: Part[]) =>
  parts.filter((part) => part.isOwn).map((part) => part.text);

describe("the difference of two texts", () => {
  it("is whole words, wherever they are", () => {
    const mine = "The lamp on the southern cliff is lit at dusk.";
    const theirs = "The lamp on the northern cliff never goes out.";
    expect(own(difference(mine, theirs))).toEqual([
      "southern ",
      "is lit at dusk.",
    ]);
    expect(own(difference(theirs, mine))).toEqual([
      "northern ",
      "never goes out.",
    ]);
  });

  it("is nothing between equal texts, and everything beside an empty one", () => {
    expect(own(difference("same words", "same words"))).toEqual([]);
    expect(own(difference("some words", ""))).toEqual(["some words"]);
    expect(difference("", "some words")).toEqual([]);
  });

  it("marks what lies between the shared ends of texts too long to compare", () => {
    const middle = (word: string) =>
      Array.from({ length: 2_000 }, (_, i) => `${word}${i}`).join(" ");
    const parts = difference(
      `start ${middle("a")} end`,
      `start ${middle("b")} end`,
    );
    expect(parts.map(({ isOwn }) => isOwn)).toEqual([false, true, false]);
  });

  it("never changes the text, and calls shared only what the other has in the same order", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "\n"))
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(text, text, (mine, theirs) => {
        const parts = difference(mine, theirs);
        expect(textOf(parts)).toBe(mine);
        let rest = theirs;
        for (const word of parts
          .filter((part) => !part.isOwn)
          .flatMap((part) => part.text.split(/\s+/).filter(Boolean))) {
          expect(rest).toContain(word);
          rest = rest.slice(rest.indexOf(word) + word.length);
        }
      }),
    );
  });
});
