import { ConvexError } from "convex/values";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addPage,
  advance,
  allRequests,
  firstPage,
  readPages,
  type Arrived,
  type PageResult,
  type Pages,
} from "../../src/react/pages.js";
import { invalidCursor } from "../../src/shared/failures.js";
import { pageOf, type Row } from "./support/list.js";

const SIZE = 4;

/** A page of the app: asks, gets what it asked for some time later, and shows it. */
class Screen {
  pages: Pages = firstPage(SIZE);
  #results = new Map<string, PageResult<Row> | Error>();
  constructor(
    public rows: Row[],
    readonly maxPinned = Infinity,
  ) {}

  arrived: Arrived<Row> = (request) =>
    this.#results.get(JSON.stringify(request));

  /** The server sends one consistent view of everything that is asked for now. */
  push(): void {
    const asked = allRequests(this.pages);
    this.#results = new Map(
      asked.map((request) => [
        JSON.stringify(request),
        pageOf(this.rows, request, this.maxPinned),
      ]),
    );
    this.#settle();
  }

  fail(error: Error, at: number): void {
    this.#results.set(JSON.stringify(this.pages.shown[at]), error);
    this.#settle();
  }

  more(): void {
    this.pages = addPage(this.pages, this.arrived, SIZE);
  }

  get reading() {
    return readPages(this.pages, this.arrived);
  }
  get ids(): string[] {
    return this.reading.items.map(({ id }) => id);
  }

  /** As rendering does: until nothing changes. */
  #settle(): void {
    for (let next = advance(this.pages, this.arrived); next !== this.pages;) {
      this.pages = next;
      next = advance(this.pages, this.arrived);
    }
  }
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `r${n}`,
    position: 1000 - n * 10,
  }));

describe("pages of a live list", () => {
  it("are loading until the first has arrived", () => {
    const screen = new Screen(rows(10));
    expect(screen.reading).toEqual({
      items: [],
      isLoading: true,
      hasMore: false,
    });
    screen.push();
    expect(screen.ids).toEqual(["r0", "r1", "r2", "r3"]);
    expect(screen.reading).toMatchObject({ isLoading: false, hasMore: true });
  });

  it("stay on the screen while one more is on its way", () => {
    const screen = new Screen(rows(10));
    screen.push();
    screen.more();
    expect(screen.ids).toHaveLength(4);
    expect(screen.reading.isLoading).toBe(true);
    screen.push();
    expect(screen.ids).toHaveLength(8);
    expect(screen.reading).toMatchObject({ isLoading: false, hasMore: true });
  });

  it("do not ask twice for the same next page, nor for one after the last", () => {
    const screen = new Screen(rows(6));
    screen.push();
    screen.more();
    const { pages } = screen;
    screen.more();
    expect(screen.pages).toBe(pages);
    screen.push();
    const done = screen.pages;
    screen.more();
    expect(screen.pages).toBe(done);
    expect(screen.reading.hasMore).toBe(false);
  });

  it("start over when their cursors are no good any more", () => {
    const screen = new Screen(rows(10));
    screen.push();
    screen.more();
    screen.push();
    screen.fail(new ConvexError(invalidCursor()), 1);
    expect(screen.pages).toEqual(firstPage(SIZE));
  });

  it("do not start over for ever when the list refuses its very first page", () => {
    const screen = new Screen(rows(10));
    screen.fail(new ConvexError(invalidCursor()), 0);
    expect(screen.reading.error).toBeInstanceOf(ConvexError);
  });

  it("keep what is before a page that failed", () => {
    const screen = new Screen(rows(10));
    screen.push();
    screen.more();
    screen.push();
    const bug = new Error("bug");
    screen.fail(bug, 1);
    expect(screen.reading).toMatchObject({ error: bug, hasMore: false });
    expect(screen.ids).toEqual(["r0", "r1", "r2", "r3"]);
  });

  it("go on by themselves where a page has nothing to show", () => {
    const screen = new Screen(
      rows(12).map((row, n) => ({ ...row, hidden: n < 9 })),
    );
    screen.push();
    expect(screen.reading).toMatchObject({ items: [], isLoading: true });
    screen.push();
    screen.push();
    expect(screen.ids).toEqual(["r9", "r10", "r11"]);
  });

  it("are split when one has grown too long, and meet where it is split", () => {
    const screen = new Screen(rows(10), 10);
    screen.push();
    screen.more();
    screen.push();
    for (let n = 0; n < 14; n++)
      screen.rows.push({ id: `n${n}`, position: 1001 + n });
    screen.push();
    // Longer than a page may be: what it lacks must not look like a gap.
    expect(screen.ids).toHaveLength(10);
    for (let n = 0; n < 4; n++) screen.push();
    expect(screen.ids).toHaveLength(14 + 8);
    expect(screen.pages.shown.length).toBeGreaterThan(2);
  });

  it("meet without a gap and without a row twice, whatever is written meanwhile", () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant("insert" as const),
        position: fc.integer({ min: 0, max: 2000 }),
      }),
      fc.record({ do: fc.constant("remove" as const), n: fc.nat(50) }),
      fc.record({ do: fc.constant("touch" as const), n: fc.nat(50) }),
      fc.record({
        do: fc.constantFrom("more" as const, "push" as const),
        n: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 5, max: 20 }),
        (steps, maxPinned) => {
          const screen = new Screen(rows(15), maxPinned);
          let top = 2001;
          let unique = 0;
          for (const step of steps) {
            if (step.do === "insert")
              screen.rows.push({
                id: `i${++unique}`,
                position: step.position + unique / 1000,
              });
            else if (step.do === "more") screen.more();
            else if (step.do === "push") screen.push();
            else {
              const [row] = screen.rows.splice(
                step.n % Math.max(1, screen.rows.length),
                1,
              );
              if (row && step.do === "touch")
                screen.rows.push({ ...row, position: top++ });
            }
            expectPrefix(screen, step.do === "push");
          }
          for (let n = 0; n < 12; n++) screen.push();
          expectPrefix(screen, true);
          expect(screen.reading.isLoading).toBe(false);
          if (!screen.reading.hasMore)
            expect(screen.ids).toHaveLength(screen.rows.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** No row twice; and in a view that has just arrived, exactly the newest rows, in order. */
function expectPrefix(screen: Screen, fresh: boolean): void {
  const { ids } = screen;
  expect(new Set(ids).size).toBe(ids.length);
  if (!fresh) return;
  const all = [...screen.rows]
    .sort((a, b) => b.position - a.position)
    .map(({ id }) => id);
  expect(ids).toEqual(all.slice(0, ids.length));
}
