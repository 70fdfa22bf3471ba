// @vitest-environment node
import { AsyncLocalStorage as Native } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { transform } from "esbuild";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  AsyncLocalStorage as Ours,
  install,
} from "../../../dev/inpage/context.js";
import { LOWERED, nativeAsync } from "../../../dev/inpage/lower.js";
import { runProgram, type Step } from "./program.js";

const RUNS = Number(process.env["CONTEXT_RUNS"] ?? 60);
const source = readFileSync(new URL("./program.ts", import.meta.url), "utf8");

const evaluate = async <T>(code: string) =>
  (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  )) as T;
const lower = async (code: string) =>
  (await transform(code, { loader: "ts", supported: LOWERED })).code;

/** Runs something while every continuation remembers its frame. */
async function installed<T>(work: () => Promise<T>): Promise<T> {
  const undo = install();
  try {
    return await work();
  } finally {
    undo();
  }
}

/**
 * Node's own, without two habits of its version 20: `run` does nothing where the same value is there already, and `exit` shows
 * what it left once something inside has run.
 */
class Reference {
  readonly #native = new Native<{ store: unknown }>();
  getStore(): unknown {
    return this.#native.getStore()?.store;
  }
  run<R>(store: unknown, work: () => R): R {
    return this.#native.run({ store }, work);
  }
  exit<R>(work: () => R): R {
    return this.run(undefined, work);
  }
  enterWith(store: unknown): void {
    this.#native.enterWith({ store });
  }
}

const { step } = fc.letrec<{ step: Step; body: Step[] }>((tie) => ({
  body: fc.array(tie("step"), { maxLength: 3, depthIdentifier: "step" }),
  step: fc.oneof(
    { depthIdentifier: "step", maxDepth: 4, depthSize: "medium" },
    fc.constant<Step>({ op: "note" }),
    fc.record({ op: fc.constant("await" as const), how: fc.nat(3) }),
    fc.record({
      op: fc.constant("run" as const),
      storage: fc.nat(2),
      value: fc.nat(99),
      body: tie("body"),
      detached: fc.boolean(),
    }),
    fc.record({
      op: fc.constant("enter" as const),
      storage: fc.nat(2),
      value: fc.nat(99),
    }),
    fc.record({
      op: fc.constant("exit" as const),
      storage: fc.nat(2),
      body: tie("body"),
    }),
    fc.record({
      op: fc.constant("all" as const),
      bodies: fc.array(tie("body"), { maxLength: 3 }),
    }),
    fc.record({
      op: fc.constantFrom(
        "timer" as const,
        "microtask" as const,
        "then" as const,
        "finally" as const,
        "throw" as const,
        "iterate" as const,
        "lock" as const,
      ),
      body: tie("body"),
    }),
  ),
}));
const programs = fc.array(step, { minLength: 1, maxLength: 5 });

describe("AsyncLocalStorage in the page", () => {
  let lowered: typeof runProgram;
  beforeAll(async () => {
    const code = await lower(source);
    expect(nativeAsync(code)).toBeNull();
    lowered = (await evaluate<{ runProgram: typeof runProgram }>(code))
      .runProgram;
  });

  it("shows at every place of any program what Node's shows", async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (steps) => {
        const native = [new Reference(), new Reference(), new Reference()];
        const expected = await runProgram(native, steps);
        const ours = [new Ours(), new Ours(), new Ours()];
        const seen = await installed(() => lowered(ours, steps));
        expect(seen).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it("loses its context at a native await, which the check of the bundle names", async () => {
    const { code } = await transform(source, { loader: "ts" });
    expect(nativeAsync(code)).not.toBeNull();
    const steps: Step[] = [{ op: "await", how: 0 }, { op: "note" }];
    const storages = [new Ours(), new Ours(), new Ours()];
    const trace = await installed(() =>
      runProgram(storages, [
        { op: "run", storage: 0, value: 7, body: steps, detached: false },
      ]),
    );
    expect(trace).toContain("/0/1 before=undefined,undefined,undefined");
  });

  it("is there for the `then` of what is no promise", async () => {
    const text = `export async function see(storage) {
      const thenable = { then(done) { thenable.saw = storage.getStore(); done(1); } };
      await storage.run(5, async () => { await thenable; });
      return thenable.saw;
    }`;
    type See = { see(storage: unknown): Promise<unknown> };
    const native = await evaluate<See>(text);
    const ours = await evaluate<See>(await lower(text));
    expect(await native.see(new Native())).toBe(5);
    expect(await installed(() => ours.see(new Ours()))).toBe(5);
  });
});

it.each([
  ["an async function", "async function f() {}"],
  ["an async arrow", "const f = async () => {}"],
  ["an await of a module", "await 0"],
  ["a method", "class A { async m() {} }"],
  ["an asynchronous loop", "for await (const a of b) a()"],
])("the check of the bundle finds %s", (_what, code) => {
  expect(nativeAsync(code)).not.toBeNull();
  expect(nativeAsync(`const ok = "${encodeURIComponent(code)}";`)).toBeNull();
});
