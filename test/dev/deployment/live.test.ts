// @vitest-environment node
import { queryGeneric } from "convex/server";
import { ConvexError, type GenericId } from "convex/values";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventLoop } from "../../../dev/deployment/core/task.js";
import { hooks, runs } from "./fixture/notes.js";
import { RawSocket, type Message } from "./socket.js";
import {
  api,
  httpClient,
  liveClient,
  Signal,
  start,
  watch,
} from "./support.js";

describe("live queries", () => {
  it("reach a second client", async () => {
    const { url } = await start();
    const [first, second] = [liveClient(url), liveClient(url)];
    const list = watch(second, api.list);
    expect(await list.value()).toEqual([]);
    await first.mutation(api.send, { text: "hello" });
    expect(await list.value((texts) => texts.length === 1)).toEqual(["hello"]);
  });

  it("follow every way to write", async () => {
    const deployment = await start();
    const client = liveClient(deployment.url);
    const list = watch(client, api.list);
    const sees = (text: string) => list.value((texts) => texts.includes(text));

    await client.mutation(api.send, { text: "socket" });
    await sees("socket");
    await httpClient(deployment.url).mutation(api.send, { text: "http" });
    await sees("http");
    await client.action(api.sendTwice, { text: "action" });
    await sees("action 2");
    await httpClient(deployment.url).mutation(api.sendLater, {
      text: "scheduled",
    });
    await sees("scheduled");
    await fetch(`${deployment.siteUrl}/notes`, {
      method: "POST",
      body: "site",
    });
    await sees("site");
    await deployment.call("notes:sendHidden", { text: "call" });
    await sees("call");
    await deployment.run((ctx) => ctx.db.insert("notes", { text: "run" }));
    await sees("run");
  });

  it("follow a deploy, without a write", async () => {
    const { url, engine } = await start();
    const list = watch(liveClient(url), api.list);
    expect(await list.value()).toEqual([]);
    const deployed = queryGeneric({ args: {}, handler: () => ["deployed"] });
    engine.deploy({
      "./notes.ts": () => Promise.resolve({ list: deployed }),
    });
    expect(await list.value((texts) => texts.length === 1)).toEqual([
      "deployed",
    ]);
    await expect(httpClient(url).query(api.count, {})).rejects.toThrow();
    expect(() =>
      engine.deploy({ "./more.ts": () => Promise.resolve({}) }),
    ).toThrow("./more.ts");
  });

  it("are answered beside scheduled functions that follow one another", async () => {
    const deployment = await start({ requests: eventLoop });
    const count = watch(liveClient(deployment.url), api.count);
    await count.value();
    const steps = 20;
    await deployment.call("notes:sendInSteps", { steps });
    const http = httpClient(deployment.url);
    for (let asked = 0; asked < 3; asked++) await http.query(api.count, {});
    // A request does not wait for a step each time that it needs the event loop.
    expect(await http.query(api.count, {})).toBeLessThan(10);
    await count.value((notes) => notes > steps);
    // The faster the steps, the more of them one answer tells of. Held up by them, it would tell of all at once.
    expect(count.seen.length).toBeGreaterThan(steps / 4);
  });

  it("fail with the data of a ConvexError, and recover", async () => {
    const deployment = await start();
    const fragile = watch(liveClient(deployment.url), api.fragile);
    expect(await fragile.value()).toBe(0);

    await deployment.call("notes:send", { text: "bad" });
    const error = await fragile.error();
    expect(error).toBeInstanceOf(ConvexError);
    expect(error).toMatchObject({ data: { code: "BAD_NOTE" } });

    await deployment.run(async (ctx) => {
      const bad = await ctx.db.query("notes").first();
      await ctx.db.replace(bad?._id as GenericId<"notes">, { text: "good" });
    });
    expect(await fragile.value((count) => count === 1)).toBe(1);
  });

  it("run once for all sessions that ask the same", async () => {
    const deployment = await start();
    const lists = [0, 1, 2].map(() =>
      watch(liveClient(deployment.url), api.list),
    );
    await Promise.all(lists.map((list) => list.value()));
    const before = runs.list;
    await deployment.call("notes:send", { text: "x" });
    await Promise.all(
      lists.map((list) => list.value((texts) => texts.length === 1)),
    );
    expect(runs.list - before).toBe(1);

    const late = watch(liveClient(deployment.url), api.list);
    expect(await late.value()).toEqual(["x"]);
    expect(runs.list - before).toBe(1);
  });

  it("send only what changed", async () => {
    const deployment = await start();
    const socket = await RawSocket.connect(deployment.url);
    socket.subscribe("notes:list", "users:me");
    await socket.next("Transition");
    await deployment.call("notes:send", { text: "x" });
    const update = await socket.next(
      (message) => message !== socket.received[0],
    );
    expect(update["modifications"]).toEqual([
      {
        type: "QueryUpdated",
        queryId: 0,
        value: ["x"],
        logLines: [],
        journal: null,
      },
    ]);
    expect(update["startVersion"]).toEqual(socket.received[0]?.["endVersion"]);
  });

  it("join commits that arrive during a refresh", async () => {
    const { url } = await start();
    const client = liveClient(url);
    const list = watch(client, api.list);
    await list.value();
    const texts = Array.from({ length: 50 }, (_, i) => `${i}`);
    await Promise.all(texts.map((text) => client.mutation(api.send, { text })));
    expect(client.client.localQueryResult("notes:list", {})).toEqual(texts);
    expect(list.seen.length).toBeLessThan(25);
  });

  it("are of one version in one transition, though an action commits between them", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    const [counting, acting, goOn] = [new Signal(), new Signal(), new Signal()];
    hooks.count = () => {
      counting.give();
      return goOn.done;
    };
    hooks.action = acting.give;

    socket.subscribe("notes:pausedCount", "notes:count");
    await counting.done;
    const sent = httpClient(url).action(api.sendTwice, { text: "x" });
    await acting.done;
    // By now the action's first mutation waits for the query to end, and runs before the next one can.
    await setImmediate();
    goOn.give();
    await sent;
    await socket.next((message) => valueOf(message, 1) === 2);
    for (const message of socket.received)
      expect(valueOf(message, 0)).toBe(valueOf(message, 1));
  });

  it("keep an optimistic update until the transition that covers it", async () => {
    const { url } = await start();
    const client = liveClient(url);
    const list = watch(client, api.list);
    await list.value();
    await client.mutation(
      api.send,
      { text: "x" },
      {
        optimisticUpdate: (store, { text }) =>
          store.setQuery(api.list, {}, [`${String(text)}?`]),
      },
    );
    expect(list.seen).toEqual([[], ["x?"], ["x"]]);
  });

  it("end when they are dropped", async () => {
    const deployment = await start();
    const socket = await RawSocket.connect(deployment.url);
    socket.subscribe("notes:list");
    await socket.next("Transition");
    socket.send({
      type: "ModifyQuerySet",
      baseVersion: 1,
      newVersion: 2,
      modifications: [{ type: "Remove", queryId: 0 }],
    });
    const transition = await socket.next(
      (message) => message !== socket.received[0],
    );
    expect(transition).toMatchObject({
      endVersion: { querySet: 2 },
      modifications: [{ type: "QueryRemoved", queryId: 0 }],
    });

    socket.send({
      type: "ModifyQuerySet",
      baseVersion: 2,
      newVersion: 3,
      modifications: [
        { type: "Add", queryId: 0, udfPath: "notes:list", args: [{}] },
      ],
    });
    const again = await socket.next(
      (message) => socket.received.indexOf(message) === 2,
    );
    expect(again).toMatchObject({
      endVersion: { querySet: 3 },
      modifications: [{ type: "QueryUpdated", value: [] }],
    });
  });
});

function valueOf(message: Message, queryId: number): unknown {
  const modifications = (message["modifications"] ?? []) as {
    queryId: number;
    value?: unknown;
  }[];
  return modifications.find((modification) => modification.queryId === queryId)
    ?.value;
}
