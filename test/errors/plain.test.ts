import { describe, expect, it } from "vitest";
import { toPlain } from "../../src/errors/plain.js";

describe("toPlain", () => {
  it.each<[string, unknown, unknown]>([
    [
      "plain JSON as it is",
      { a: [1, "x", true, null] },
      { a: [1, "x", true, null] },
    ],
    ["a Date as its ISO text", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an invalid Date as null", new Date(NaN), null],
    ["a bigint as its digits", 12n, "12"],
    [
      "NaN and the infinities as null",
      [NaN, Infinity, -Infinity],
      [null, null, null],
    ],
    ["minus zero as zero", [-0], [0]],
    [
      "undefined in an array as null, in an object as nothing",
      { a: [undefined], b: undefined },
      { a: [null] },
    ],
    [
      "functions and symbols likewise",
      { a: () => 1, b: [Symbol("s")] },
      { b: [null] },
    ],
    [
      "holes in an array as null",
      Object.assign([], { length: 2 }),
      [null, null],
    ],
    [
      "keys that Convex refuses under another name",
      { $set: 1, ä: 2, "": 3 },
      { _set: 1, _: 2, "": 3 },
    ],
    [
      "the key __proto__ as data",
      JSON.parse('{"__proto__":{"x":1}}'),
      { _proto_: { x: 1 } },
    ],
    ["an Error as null", { cause: new Error("secret") }, { cause: null }],
    [
      "a Map, bytes and a class instance as null",
      [new Map(), new ArrayBuffer(1), new URL("https://a.example")],
      [null, null, null],
    ],
    ["half of a surrogate pair as U+FFFD", "a\uD83D", "a\uFFFD"],
    [
      "an object without a prototype",
      Object.assign(Object.create(null), { a: 1 }),
      { a: 1 },
    ],
    ["nothing at all as null", undefined, null],
  ])("%s", (_name, value, plain) => {
    expect(toPlain(value)).toStrictEqual(plain);
  });

  it("ends on cycles, and keeps what is only shared", () => {
    const shared = { x: 1 };
    const loop: Record<string, unknown> = { a: shared, b: shared };
    loop.self = loop;
    expect(toPlain(loop)).toEqual({ a: { x: 1 }, b: { x: 1 }, self: null });
  });

  it("cuts what is too long for an error", () => {
    expect(toPlain("x".repeat(5000))).toHaveLength(4096);
    expect(toPlain(new Array(1e6).fill(0))).toHaveLength(8192);
    const many = Object.fromEntries(
      Array.from({ length: 2000 }, (_, n) => [`k${n}`, n]),
    );
    expect(Object.keys(toPlain(many) as object)).toHaveLength(1024);
  });

  it("ends a list that is too much for an error after a whole element", () => {
    const error = { index: 0, error: { code: "X", path: ["a", "b", "c"] } };
    const errors = Array.from({ length: 8000 }, () =>
      Array.from({ length: 20 }, () => error),
    );
    const plain = toPlain(errors) as unknown[][];
    expect(plain.length).toBeLessThan(8000);
    expect(
      plain.flat().every((e) => JSON.stringify(e) === JSON.stringify(error)),
    ).toBe(true);
  });

  it("ends on an object that shares itself exponentially", () => {
    let wide: unknown = "leaf";
    for (let level = 0; level < 15; level++) {
      wide = Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`k${n}`, wide]),
      );
    }
    expect(toPlain(wide)).toBeTypeOf("object");
  });

  it("takes nothing from what does not want to be read", () => {
    const hostile = {
      get a(): never {
        throw new Error("secret");
      },
    };
    expect(toPlain({ hostile, b: 1 })).toEqual({ hostile: null, b: 1 });
    const proxy = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error("secret");
        },
      },
    );
    expect(toPlain([proxy])).toEqual([null]);
  });
});
