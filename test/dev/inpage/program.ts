// What is awaited is no promise, on purpose.
/* eslint-disable @typescript-eslint/await-thenable */

/** A random program of nested and concurrent calls. What each of its places sees in the storages is its trace. */
export type Step =
  | { op: "note" }
  | { op: "await"; how: number }
  | {
      op: "run";
      storage: number;
      value: number;
      body: Step[];
      detached: boolean;
    }
  | { op: "enter"; storage: number; value: number }
  | { op: "exit"; storage: number; body: Step[] }
  | { op: "all"; bodies: Step[][] }
  | {
      op:
        | "timer"
        | "microtask"
        | "then"
        | "finally"
        | "throw"
        | "iterate"
        | "lock";
      body: Step[];
    };

type Storage = {
  getStore(): unknown;
  run<R>(value: unknown, work: () => R): R;
  exit<R>(work: () => R): R;
  enterWith(value: unknown): void;
};

/** Runs a program. Its own text is what is compared, so it is bundled twice: as it is, and lowered. */
export async function runProgram(
  storages: Storage[],
  steps: Step[],
): Promise<string[]> {
  const trace: string[] = [];
  const detached: Promise<unknown>[] = [];
  let lock: Promise<void> = Promise.resolve();
  const see = (place: string) => {
    trace.push(
      `${place}=${storages.map((one) => String(one.getStore())).join()}`,
    );
  };
  const later = (
    place: string,
    steps: Step[],
    start: (work: () => void) => void,
  ) =>
    new Promise<void>((resolve) => {
      start(() => {
        see(`${place} later`);
        detached.push(body(place, steps));
        resolve();
      });
    });
  const wait = async (place: string, how: number) => {
    if (how === 0) await null;
    else if (how === 1) await new Promise((resolve) => setTimeout(resolve, 1));
    else if (how === 2)
      await crypto.subtle.digest("SHA-256", new Uint8Array(1));
    else
      await Promise.reject(new Error("expected")).catch(() =>
        see(`${place} caught`),
      );
  };
  async function* count(place: string) {
    for (let n = 0; n < 2; n++) {
      await null;
      see(`${place} in the generator`);
      yield n;
    }
  }
  const one = async (place: string, step: Step): Promise<void> => {
    see(`${place} before`);
    switch (step.op) {
      case "note":
        break;
      case "await":
        await wait(place, step.how);
        break;
      case "run": {
        const run = storages[step.storage]!.run(step.value, () =>
          body(place, step.body),
        );
        if (step.detached) detached.push(run);
        else await run;
        break;
      }
      case "enter":
        storages[step.storage]!.enterWith(step.value);
        break;
      case "exit":
        await storages[step.storage]!.exit(() => body(place, step.body));
        break;
      case "all":
        await Promise.all(
          step.bodies.map((steps, n) => body(`${place}.${n}`, steps)),
        );
        break;
      case "timer":
        await later(place, step.body, (work) => setTimeout(work, 0));
        break;
      case "microtask":
        await later(place, step.body, queueMicrotask);
        break;
      case "then":
        await Promise.resolve()
          .then(() => body(place, step.body))
          .then(() => see(`${place} then`));
        break;
      case "finally":
        await body(place, step.body).finally(() => see(`${place} finally`));
        break;
      case "throw":
        try {
          await body(place, step.body);
          throw new Error("expected");
        } catch {
          see(`${place} caught`);
        } finally {
          await null;
          see(`${place} finally`);
        }
        break;
      case "iterate":
        for await (const n of count(place))
          await body(`${place}#${n}`, step.body);
        break;
      case "lock": {
        // As convex-test waits for its turn. What follows is outside: a lock inside would wait for ever.
        const before = lock;
        let release = () => {};
        lock = new Promise((resolve) => (release = resolve));
        await before;
        see(`${place} locked`);
        await null;
        release();
        await body(place, step.body);
        break;
      }
    }
    see(`${place} after`);
  };
  const body = async (place: string, steps: Step[]): Promise<void> => {
    for (const [n, step] of steps.entries()) await one(`${place}/${n}`, step);
  };
  // In a frame: ours has no other place to enter with.
  await storages[0]!.run(0, () => body("", steps));
  for (let n = 0; n < detached.length; n++) await detached[n];
  return trace.sort();
}
