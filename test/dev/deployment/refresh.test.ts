// @vitest-environment node
import { expect, it, onTestFinished } from "vitest";
import type { Call, Outcome } from "../../../dev/deployment/core/call.js";
import { Engine } from "../../../dev/deployment/core/engine.js";
import { Live, Turn } from "../../../dev/deployment/core/live.js";
import { loadModules } from "../../../dev/deployment/node/modules.js";
import schema from "./fixture/schema.js";
import { fixture, Signal } from "./support.js";

/** An engine that something else commits to after every query, except while it is frozen. */
class BusyEngine {
  commits = 0n;
  frozen = async (read: () => Promise<void>) => {
    const before = this.commits;
    await read();
    return (this.commits = before);
  };
  version = () => Promise.resolve(this.commits);
  call = (): Promise<Outcome> =>
    Promise.resolve({ ok: true, value: (this.commits++).toString() });
}

it("stops all other work when commits keep overtaking a refresh", async () => {
  const engine = new BusyEngine();
  const live = new Live(
    engine as unknown as Engine,
    new Turn(),
    () => undefined,
  );
  onTestFinished(() => live.close());
  const delivered = new Signal();
  const call = { path: "notes:list", args: {}, caller: { identity: null } };
  let got: unknown;
  live.add({
    plan: () => ({
      queries: new Map([
        [0, { ...call, key: "a" }],
        [1, { ...call, key: "b" }],
      ]),
      deliver: (version, results) => {
        got = { version, keys: [...results.keys()] };
        delivered.give();
      },
    }),
    crash: (error) => expect.unreachable(String(error)),
  });
  live.request();
  await delivered.done;
  live.close();
  expect(got).toEqual({ version: 6n, keys: ["a", "b"] });
});

it("reads one version, as each caller, while it is frozen", async () => {
  const engine = new Engine({ modules: loadModules(fixture), schema });
  const read = async (path: string, subject?: string) => {
    const identity =
      subject === undefined
        ? null
        : { subject, issuer: "i", tokenIdentifier: `i|${subject}` };
    const outcome = await engine.call("query", {
      path,
      args: {},
      caller: { identity },
    } satisfies Call);
    return outcome.ok ? outcome.value : outcome.failure.detail;
  };
  let write: Promise<Outcome> | undefined;
  const start = new Signal();
  const seen: unknown[] = [];
  void start.done.then(() => {
    write = engine.call("mutation", {
      path: "notes:send",
      args: { text: "x" },
      caller: { identity: null },
    });
  });
  const version = await engine.frozen(async () => {
    seen.push(await read("notes:count"));
    start.give();
    await start.done;
    seen.push(
      await read("notes:count"),
      await read("users:me", "ada"),
      await read("users:me"),
    );
  });
  expect(await write).toMatchObject({ ok: true });
  expect(seen).toEqual([
    0,
    0,
    { subject: "ada", issuer: "i", tokenIdentifier: "i|ada" },
    null,
  ]);
  expect(await engine.version()).toBeGreaterThan(version);
});

it("takes turns in order, whatever the one before did", async () => {
  const turn = new Turn();
  const done: string[] = [];
  const first = new Signal();
  const tasks = [
    turn.take(() => first.done.then(() => void done.push("first"))),
    turn.take(() => Promise.reject(new Error("second"))),
    turn.take(() => Promise.resolve(done.push("third"))),
  ];
  first.give();
  await Promise.allSettled(tasks);
  expect(done).toEqual(["first", "third"]);
});
