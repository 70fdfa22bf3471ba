import * as fc from "fast-check";
import { expect, test } from "vitest";
import { comparePositions, decodeCursor } from "../../src/model/paginate.js";
import { encodeCursor, END, type Position } from "../../src/shared/cursor.js";

const position: fc.Arbitrary<Position> = fc.tuple(
  fc.double({ min: 0, max: 1e14, noNaN: true }),
  fc.double({ min: 0, max: 1e14, noNaN: true }),
  fc.stringMatching(/^[0-9a-z]{31,37}$/),
);

test("a cursor brings a position back exactly, fractions of a millisecond included", () => {
  fc.assert(
    fc.property(position, (each) => {
      const back = decodeCursor(encodeCursor(each));
      expect(back).not.toBe(END);
      expect(comparePositions(back as Position, each)).toBe(0);
    }),
  );
});

test("whatever text comes in, a position comes out only in our own form", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json({ maxDepth: 1 }),
        fc.string({ unit: "binary" }),
      ),
      (text) => {
        const decoded = decodeCursor(text);
        if (decoded === null || decoded === END) return;
        const [updatedAt, creationTime, id] = decoded;
        expect(
          Number.isFinite(updatedAt) && Number.isFinite(creationTime),
        ).toBe(true);
        expect(typeof id).toBe("string");
        expect(decoded).toHaveLength(3);
      },
    ),
  );
});

test("positions are ordered as Convex orders an index: times, then creation, then id", () => {
  const sorted: Position[] = [
    [1, 9, "z"],
    [2, 1, "b"],
    [2, 1, "c"],
    [2, 1.5, "a"],
    [3, 0, ""],
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(sorted, { minLength: 5 }), (shuffled) => {
      expect(shuffled.sort(comparePositions)).toEqual(sorted);
    }),
  );
  for (const each of sorted) expect(comparePositions(each, each)).toBe(0);
});
