// @vitest-environment node
/**
 * What one client may ask for and leave waiting. Each of these took the deployment's memory, its log or its live queries.
 */
import { expect, it, vi } from "vitest";
import {
  boundedLog,
  CLIENT,
  LOG,
} from "../../../dev/deployment/core/limits.js";
import { Live, Turn } from "../../../dev/deployment/core/live.js";
import type { Engine } from "../../../dev/deployment/core/engine.js";
import { SessionMemories } from "../../../dev/deployment/core/session.js";
import type { CallResponse } from "../../../dev/deployment/core/protocol.js";
import { hooks } from "./fixture/notes.js";
import { RawSocket } from "./socket.js";
import {
  api,
  httpClient,
  liveClient,
  Signal,
  start,
  watch,
} from "./support.js";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const add = (queryId: number, args = "{}", udfPath = "notes:echo") =>
  `{"type":"Add","queryId":${queryId},"udfPath":"${udfPath}","args":[${args}]}`;
const modify = (baseVersion: number, changes: string[]) =>
  `{"type":"ModifyQuerySet","baseVersion":${baseVersion},"newVersion":${baseVersion + 1},"modifications":[${changes.join()}]}`;
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => from + n);

it.each([CLIENT.maxDepth, 5_000, 100_000])(
  "arguments of %i levels end their client, and the others stay live",
  async (levels) => {
    const { url } = await start();
    const list = watch(liveClient(url), api.list);
    await list.value();
    const socket = await RawSocket.connect(url);
    socket.sendText(modify(0, [add(0, `{"value":${nested(levels)}}`)]));
    expect(await socket.next("FatalError")).toMatchObject({
      error: expect.stringContaining("nested too deeply") as string,
    });
    await httpClient(url).mutation(api.send, { text: "still here" });
    await list.value((texts) => texts.includes("still here"));
  },
);

it("arguments with as many levels as a value of Convex may have are taken", async () => {
  const { url } = await start();
  const socket = await RawSocket.connect(url);
  socket.sendText(
    modify(0, [add(0, `{"value":${nested(CLIENT.maxDepth - 1)}}`)]),
  );
  await socket.next((one) => JSON.stringify(one).includes("QueryUpdated"));
});

it("a call over HTTP with deep arguments is a bad request", async () => {
  const { url, lines } = await start();
  const response = await fetch(`${url}/api/query`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: `{"path":"notes:echo","args":{"value":${nested(20_000)}}}`,
  });
  expect(response.status).toBe(400);
  expect(lines).toEqual([]);
});

it("a client has so many queries, in one message or in several", async () => {
  const { url } = await start();
  const most = CLIENT.maxQueries;
  const atOnce = await RawSocket.connect(url);
  atOnce.sendText(
    modify(
      0,
      range(0, most + 1).map((id) => add(id)),
    ),
  );
  const error = expect.stringContaining(String(most)) as string;
  expect(await atOnce.next("FatalError")).toMatchObject({ error });

  const slowly = await RawSocket.connect(url);
  slowly.sendText(
    modify(
      0,
      range(0, most).map((id) => add(id)),
    ),
  );
  await slowly.next("Transition");
  slowly.sendText(modify(1, [add(most)]));
  expect(await slowly.next("FatalError")).toMatchObject({ error });
});

it("the arguments of a client's queries have so many bytes", async () => {
  const { url } = await start();
  const socket = await RawSocket.connect(url);
  const value = `{"value":"${"x".repeat(CLIENT.maxQueryBytes / 2)}"}`;
  // Of a function that does not repeat them: an answer of that size would be a client that does not read.
  socket.sendText(modify(0, [add(0, value, "notes:list")]));
  socket.sendText(modify(1, [add(1, value, "notes:list")]));
  expect(await socket.next("FatalError")).toMatchObject({
    error: expect.stringContaining("bytes") as string,
  });
});

it.each([
  ["a session's id", { type: "Connect", sessionId: "x".repeat(501) }],
  [
    "a function's path",
    { type: "Mutation", requestId: 0, udfPath: "x".repeat(501), args: [{}] },
  ],
  ["an unknown type", { type: "x".repeat(100_000) }],
])("%s is told within bounds when it is too long", async (_name, message) => {
  const { url } = await start();
  const socket = await RawSocket.open(url);
  socket.send(message);
  const fatal = await socket.next("FatalError");
  expect(JSON.stringify(fatal).length).toBeLessThan(1_000);
});

it("a client whose calls pile up unanswered is told to wait", async () => {
  const { url } = await start();
  const gate = new Signal();
  hooks.count = () => gate.done;
  // Mutations take turns with the refresh, which waits for this query.
  const reader = await RawSocket.connect(url);
  reader.subscribe("notes:pausedCount");
  const socket = await RawSocket.connect(url);
  const text = "x".repeat(7_000_000);
  for (const n of range(0, 10)) socket.mutate(n, "notes:echo", { value: text });
  expect(await socket.next("FatalError")).toMatchObject({
    error: expect.stringContaining("Too much at once") as string,
  });
  hooks.count = () => Promise.resolve();
  gate.give();
});

it("a client that does not read is dropped once it has left so much, and another one is not", async () => {
  const { url } = await start();
  const reading = watch(liveClient(url), api.list);
  await reading.value();
  const socket = await RawSocket.connect(url);
  socket.subscribe("notes:list");
  await socket.next("Transition");
  socket.pause();
  const client = httpClient(url);
  // Each note is sent again with all before it: 0.9 MB more each time.
  const text = "x".repeat(900_000);
  for (const n of range(0, 8)) {
    await client.mutation(api.send, { text: `${n}${text}` });
    await reading.value((texts) => texts.length > n);
  }
  socket.resume();
  expect(await socket.closed).toMatchObject({ code: 1006 });
  expect(reading.errors).toEqual([]);
});

it("keeps answers for a client that comes back, within bytes, and the last one whatever its size", async () => {
  const memory = new SessionMemories().get("a");
  const run = vi.fn((requestId: number, result: string) => () => {
    const answer = { type: "MutationResponse" as const, requestId };
    const common = { ...answer, logLines: [], success: true as const };
    return Promise.resolve<CallResponse>({ ...common, result });
  });
  const half = "x".repeat(CLIENT.maxAnswers / 2);
  const kept = async (id: number) => {
    const ran = vi.fn(run(id, "again"));
    await memory.once(id, ran);
    return ran.mock.calls.length === 0;
  };
  for (const id of range(0, 4)) await memory.once(id, run(id, half));
  expect(await kept(3)).toBe(true);
  expect(await kept(0)).toBe(false);
  await memory.once(9, run(9, half.repeat(4)));
  expect(await kept(9)).toBe(true);
});

it("a client that cannot be brought up to date is not tried again, and the others are told", async () => {
  const engine = {
    version: () => Promise.resolve(1n),
    call: () => Promise.resolve({ ok: true, value: null }),
  } as unknown as Engine;
  const live = new Live(engine, new Turn(), () => undefined);
  const crashed: unknown[] = [];
  const deliver = vi.fn();
  const told = new Signal();
  const broken = () => {
    throw new Error("broken");
  };
  const crash = (error: unknown) => void crashed.push(error);
  live.add({ plan: broken, crash });
  live.add({ plan: () => ({ queries: new Map(), deliver: broken }), crash });
  live.add({
    plan: () => ({
      queries: new Map(),
      deliver: () => {
        deliver();
        told.give();
      },
    }),
    crash,
  });
  live.request();
  await told.done;
  live.close();
  expect(crashed).toHaveLength(2);
  expect(deliver).toHaveBeenCalledTimes(1);
});

it("the log takes so much a second, says that lines are missing, and cuts a long one", () => {
  const lines: string[] = [];
  let now = 0;
  const log = boundedLog(
    (line) => lines.push(line),
    () => now,
  );
  const size = () => lines.join("").length;
  log("x".repeat(1_000_000));
  expect(size()).toBeLessThan(LOG.maxLine + 100);
  for (const n of range(0, 10_000)) log(`${n} ${"x".repeat(1_000)}`);
  expect(size()).toBeLessThan(LOG.burst + 1_000);
  expect(lines.at(-1)).toContain("lines are left out");
  const before = size();
  for (now = 0; now < 10_000; now += 1) log(`${now} ${"x".repeat(1_000)}`);
  expect(size() - before).toBeLessThan(10 * LOG.perSecond * 1.1);
  now += 60_000;
  log("after");
  expect(lines.at(-2)).toMatch(/\d+ lines were left out/);
  expect(lines.at(-1)).toBe("after");
});

it("a client's mistakes, however many, do not fill the log", async () => {
  const { url, lines } = await start();
  const socket = await RawSocket.connect(url);
  const many = 2_000;
  for (const n of range(0, many)) socket.mutate(n, `notes:missing${n}`);
  await socket.answerTo(many - 1);
  expect(lines.join("\n").length).toBeLessThan(2 * LOG.burst);
});

it("a client that authenticates out of turn ends itself, without a stack in the log", async () => {
  const { url, lines } = await start();
  const socket = await RawSocket.connect(url);
  socket.send({
    type: "Authenticate",
    tokenType: "None",
    value: "",
    baseVersion: 7,
  });
  await socket.next("FatalError");
  expect(lines).toEqual([]);
});
