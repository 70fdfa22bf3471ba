// @vitest-environment node
import * as values from "convex/values";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { CODES, type DocsErrorCode } from "../../src/errors/codes.js";
import * as errors from "../../src/errors/index.js";
import { docsError, failure } from "../../src/shared/failures.js";
import { secondCopy } from "./support/copy.js";

const second = await secondCopy();

/** More on demand: `FC_RUNS=20000 npx vitest run test/errors/property.test.ts`. */
const RUNS = { numRuns: Number(process.env.FC_RUNS ?? 300) };
vi.setConfig({ testTimeout: 30_000 * Math.max(1, RUNS.numRuns / 1000) });
const MARKER = "hunter2-MARKER";

/** Every kind of value that Convex has, and every kind of object that it refuses. */
const anything = fc.anything({
  maxDepth: 3,
  key: fc.oneof(
    fc.string(),
    fc.constantFrom(
      "$set",
      "__proto__",
      "_id",
      "é",
      "toString",
      "data",
      "code",
      "ns",
    ),
  ),
  values: [
    fc.boolean(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: "binary" }),
    fc.string().map((text) => `${text}\uD83D`),
    fc.constantFrom(undefined, null, NaN, -0, Infinity, Symbol("s")),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array().map(({ buffer }) => buffer),
    fc.func(fc.anything()),
    fc.string().map((text) => new Error(text)),
  ],
  withBoxedValues: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
});
const code = fc.constantFrom(...CODES);

/** Convex's encoding of a thrown error's data, on its way out and in again. */
function send(data: unknown): unknown {
  const wire = JSON.stringify(values.convexToJson(data as values.Value));
  return second.jsonToConvex(JSON.parse(wire) as values.JSONValue);
}

/** As a host in plain JavaScript would call it: with whatever it has. */
const make = docsError as (
  code: DocsErrorCode,
  details: unknown,
  options?: object,
) => values.ConvexError<errors.DocsErrorData>;

describe("creation, of any details", () => {
  it("makes a ConvexError that Convex can send and a second copy reads whole", () => {
    fc.assert(
      fc.property(
        code,
        anything,
        fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
        (code, details, message) => {
          const error = make(
            code,
            details,
            message === undefined ? {} : { message },
          );
          expect(Symbol.for("ConvexError") in error).toBe(true);
          const arrived: unknown = new second.ConvexError(
            send(error.data) as values.Value,
          );
          expect(second.getDocsError(arrived)).toStrictEqual(error.data);
          expect(second.isDocsError(arrived, code)).toBe(true);
          expect(error.data).toMatchObject({ ns: "convex-docs", code });
        },
      ),
      RUNS,
    );
  });

  it("makes a new instance each time", () => {
    fc.assert(
      fc.property(code, anything, (code, details) => {
        expect(make(code, details)).not.toBe(make(code, details));
      }),
      { numRuns: 50 },
    );
  });

  it("takes nothing from an error among them, at whatever depth", () => {
    const bug = fc.constantFrom(
      new Error(MARKER),
      new values.ConvexError({ secret: MARKER }),
      Object.assign(new TypeError(MARKER), { config: { headers: MARKER } }),
      new AggregateError([new Error(MARKER)], MARKER),
      new DOMException(MARKER),
    );
    const holder = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        bug,
        fc.array(tie("node")),
        fc.dictionary(fc.string(), tie("node")),
      ),
    })).node;
    fc.assert(
      fc.property(code, holder, (code, details) => {
        const { data, message } = make(code, { details });
        expect(JSON.stringify(data) + message).not.toContain(MARKER);
      }),
      RUNS,
    );
  });
});

describe("reading, of anything that can be thrown", () => {
  /** Anything, dressed up as one of ours. */
  const dressed = fc
    .tuple(anything, fc.oneof(code, fc.string(), anything), anything)
    .map(([details, code, rawCode]) => ({
      ...(details as object),
      ns: "convex-docs",
      code,
      ...(rawCode === undefined ? {} : { rawCode }),
    }));
  const trap = (): never => {
    throw new Error(MARKER);
  };
  const traps: ProxyHandler<object> = {
    get: trap,
    set: trap,
    has: trap,
    ownKeys: trap,
    getPrototypeOf: trap,
    getOwnPropertyDescriptor: trap,
  };
  const error = (data: unknown) => Object.assign(new Error("e"), { data });
  /** Made only when it is thrown: a proxy that refuses everything cannot be generated, or printed. */
  const thrown = fc
    .tuple(
      fc.oneof(anything, dressed, fc.json()),
      fc.constantFrom<(value: unknown) => unknown>(
        (value) => value,
        (value) => error(value),
        (value) => Object.freeze(error(value)),
        (value) => new Proxy(Object(value) as object, traps),
        (value) => error(new Proxy(Object(value) as object, traps)),
        (value) => error(new Proxy(Object(value) as object, { ownKeys: trap })),
        (value) => error(new Proxy(Object(value) as object, { set: trap })),
      ),
    )
    .map(([value, wrap]) => ({ throws: () => wrap(value) }));

  it("never throws", () => {
    fc.assert(
      fc.property(thrown, fc.integer(), ({ throws }, attempt) => {
        const caught = throws();
        errors.getDocsError(caught);
        errors.isDocsError(caught);
        errors.isDocsError(caught, "NOT_FOUND", "UNKNOWN");
        errors.errorMessage(caught);
        errors.fieldErrors(caught);
        errors.requestId(caught);
        errors.retryDelay(caught, attempt);
        errors.matchDocsError(caught, { _: () => null });
      }),
      RUNS,
    );
  });

  it("agrees with itself", () => {
    fc.assert(
      fc.property(thrown, ({ throws }) => {
        const caught = throws();
        const data = errors.getDocsError(caught);
        if (errors.isDocsError(caught)) {
          expect(caught.data.code).toBe(data?.code);
          expect(errors.isDocsError(caught, caught.data.code)).toBe(true);
        }
        const cases = { UNKNOWN: () => "newer", _: () => "other" };
        const kind = errors.matchDocsError(caught, cases);
        expect(kind === "newer").toBe(data?.code === "UNKNOWN");
      }),
      RUNS,
    );
  });

  it("passes nothing of a foreign error on, in any word or body", async () => {
    const foreign = fc.oneof(
      fc.constantFrom(
        new Error(MARKER),
        new values.ConvexError({ code: "NOT_FOUND", message: MARKER }),
        MARKER,
        { message: MARKER },
      ),
      anything.map((extra) =>
        Object.assign(new Error(MARKER), {
          data: { extra, code: "CONFLICT", message: MARKER },
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(foreign, async (error) => {
        const response = errors.toProblem(error);
        const headers = JSON.stringify([...response.headers]);
        const seen =
          errors.errorMessage(error) + (await response.text()) + headers;
        expect(seen).not.toContain(MARKER);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a batch's errors", () => {
  it("arrive whole, each at its index", () => {
    const inner = fc
      .tuple(fc.nat(1000), fc.string())
      .map(([index, documentId]) => ({
        index,
        error: failure("NOT_FOUND", { documentId }),
      }));
    fc.assert(
      fc.property(fc.array(inner, { maxLength: 100 }), (list) => {
        const { data } = docsError("BATCH_FAILED", { errors: list });
        expect(second.getDocsError(send(data))).toStrictEqual({
          ...data,
          errors: list,
        });
      }),
      { numRuns: 100 },
    );
  });
});
