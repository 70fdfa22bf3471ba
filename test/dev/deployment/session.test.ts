// @vitest-environment node
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { RawSocket } from "./socket.js";
import { api, httpClient, liveClient, start, watch } from "./support.js";

describe("mutations over a socket", () => {
  it("run in the order in which they were sent", async () => {
    const { url } = await start();
    const client = liveClient(url);
    const texts = ["a", "b", "c", "d", "e"];
    await Promise.all(texts.map((text) => client.mutation(api.send, { text })));
    expect(await client.query(api.list, {})).toEqual(texts);
  });

  it("carry the data of a ConvexError, and redact any other", async () => {
    const { url, lines } = await start();
    const client = liveClient(url);
    const refused: unknown = await client
      .mutation(api.refuse, { text: "x" })
      .catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(ConvexError);
    expect(refused).toMatchObject({
      data: { code: "REFUSED", text: "x", size: 7n },
    });

    const crashed: unknown = await client
      .mutation(api.crash, {})
      .catch((e: unknown) => e);
    expect(crashed).not.toBeInstanceOf(ConvexError);
    expect((crashed as Error).message).not.toContain("secret");
    expect(lines.join()).toContain("the secret reason");
  });

  it("refuse functions that are internal, missing, or of another kind", async () => {
    const { url } = await start();
    const client = liveClient(url);
    for (const path of [
      "notes:sendHidden",
      "notes:nothing",
      "nowhere:send",
      "notes:list",
      "_generated/none:default",
    ]) {
      await expect(client.client.mutation(path, { text: "x" })).rejects.toThrow(
        "Server Error",
      );
    }

    const socket = await RawSocket.connect(url);
    const call = { udfPath: "notes:send", args: [{ text: "x" }] };
    socket.send({
      type: "Mutation",
      requestId: 0,
      componentPath: "notes",
      ...call,
    });
    expect(await socket.answerTo(0)).toMatchObject({ success: false });
    expect(await client.query(api.list, {})).toEqual([]);
  });

  it("are not applied twice when a lost connection hides the answer", async () => {
    const { url } = await start();
    const sessionId = crypto.randomUUID();
    const first = await RawSocket.connect(url, sessionId);
    first.mutate(0, "notes:send", { text: "once" });
    const answer = await first.answerTo(0);
    first.drop();

    const second = await RawSocket.connect(url, sessionId);
    second.mutate(0, "notes:send", { text: "once" });
    second.mutate(1, "notes:send", { text: "next" });
    expect(await second.answerTo(0)).toEqual(answer);
    expect(await second.answerTo(1)).toMatchObject({ success: true });
    expect(await httpClient(url).query(api.list, {})).toEqual(["once", "next"]);
  });

  it("are not applied twice when they are sent again while they run", async () => {
    const { url } = await start();
    const sessionId = crypto.randomUUID();
    const [first, second] = [
      await RawSocket.connect(url, sessionId),
      await RawSocket.connect(url, sessionId),
    ];
    first.mutate(0, "notes:send", { text: "once" });
    second.mutate(0, "notes:send", { text: "once" });
    expect(await first.answerTo(0)).toEqual(await second.answerTo(0));
    expect(await httpClient(url).query(api.list, {})).toEqual(["once"]);
  });

  it("run again when they failed", async () => {
    const { url } = await start();
    const sessionId = crypto.randomUUID();
    const first = await RawSocket.connect(url, sessionId);
    first.mutate(0, "notes:refuse", { text: "x" });
    const failed = await first.answerTo(0);
    expect(failed).toMatchObject({
      success: false,
      errorData: { code: "REFUSED" },
    });
    const second = await RawSocket.connect(url, sessionId);
    second.mutate(0, "notes:refuse", { text: "x" });
    expect((await second.answerTo(0))["result"]).not.toBe(failed["result"]);
  });

  it("of another session are other mutations", async () => {
    const { url } = await start();
    for (const socket of [
      await RawSocket.connect(url),
      await RawSocket.connect(url),
    ]) {
      socket.mutate(0, "notes:send", { text: "x" });
      await socket.answerTo(0);
    }
    expect(await httpClient(url).query(api.list, {})).toEqual(["x", "x"]);
  });

  it("are covered by a transition that follows the answer, even with no query to update", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.mutate(0, "notes:send", { text: "x" });
    const answer = await socket.answerTo(0);
    const transition = await socket.next("Transition");
    expect(socket.received).toEqual([answer, transition]);
    expect(transition).toMatchObject({ endVersion: { ts: answer["ts"] } });

    // A commit of someone else's is nothing to tell a client without queries.
    await httpClient(url).mutation(api.send, { text: "y" });
    socket.subscribe("notes:count");
    await socket.next((message) =>
      JSON.stringify(message).includes("QueryUpdated"),
    );
    expect(socket.received).toHaveLength(3);
  });
});

describe("a client that loses its connection", () => {
  it("gets its queries and its unanswered mutation back", async () => {
    const { url } = await start();
    const sockets: WebSocket[] = [];
    // Applies the mutation but breaks the first connection before the answer can arrive.
    class Breaking extends WebSocket {
      constructor(address: string) {
        super(address);
        sockets.push(this);
      }
      override emit(event: string | symbol, ...args: unknown[]): boolean {
        const isAnswer =
          event === "message" && String(args[0]).includes('"MutationResponse"');
        if (!isAnswer || sockets[0] !== this) return super.emit(event, ...args);
        this.terminate();
        return true;
      }
    }
    const client = liveClient(url, {
      webSocketConstructor: Breaking as unknown as typeof globalThis.WebSocket,
    });
    const list = watch(client, api.list);
    await list.value();
    await client.mutation(api.send, { text: "once" });
    expect(sockets).toHaveLength(2);
    expect(client.client.localQueryResult("notes:list", {})).toEqual(["once"]);
    await client.mutation(api.send, { text: "next" });
    expect(await list.value((texts) => texts.length === 2)).toEqual([
      "once",
      "next",
    ]);
  });
});
