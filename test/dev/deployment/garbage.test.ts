// @vitest-environment node
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { BODY_LIMIT } from "../../../dev/deployment/core/request.js";
import { RawSocket } from "./socket.js";
import { api, httpClient, start } from "./support.js";

const json = { "Content-Type": "application/json" };

describe("bad HTTP requests", () => {
  it.each([
    ["malformed JSON", { headers: json, body: "{" }, 400],
    ["JSON that is no object", { headers: json, body: "[]" }, 400],
    ["no path", { headers: json, body: "{}" }, 400],
    [
      "arguments that are no object",
      { headers: json, body: '{"path":"notes:list","args":7}' },
      400,
    ],
    [
      "another content type",
      { headers: { "Content-Type": "text/plain" }, body: "{}" },
      400,
    ],
    [
      "another scheme",
      { headers: { ...json, Authorization: "Basic eA==" }, body: "{}" },
      400,
    ],
    [
      "an admin key",
      {
        headers: { ...json, Authorization: "Convex key" },
        body: '{"path":"notes:list"}',
      },
      401,
    ],
  ])("%s is answered with a code", async (_name, init, status) => {
    const { url } = await start();
    const response = await fetch(`${url}/api/query`, {
      method: "POST",
      ...init,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      code: expect.any(String) as string,
      message: expect.any(String) as string,
    });
  });

  it("a body over the limit is refused, with or without a length", async () => {
    const { url } = await start();
    const big = new Uint8Array(BODY_LIMIT + 1).fill(32);
    for (const body of [big, new Blob([big]).stream()]) {
      const init = {
        method: "POST",
        headers: json,
        body,
        duplex: "half",
      } as RequestInit;
      // The server may hang up before all of it was sent.
      const response = await fetch(`${url}/api/mutation`, init).catch(
        () => null,
      );
      if (response !== null)
        expect(await response.text()).toContain("length limit exceeded");
    }
    expect(await httpClient(url).query(api.list, {})).toEqual([]);
  });

  it.each([
    ["GET", "/api/mutation", 405],
    ["PUT", "/api/query", 405],
    ["POST", "/api/nothing", 404],
    ["POST", "/elsewhere", 404],
    ["GET", "/api/query?path=notes:list&args=%7B", 400],
    ["GET", "/api/query?path=notes:list&args={}", 200],
    ["GET", "/", 200],
  ])("%s %s is answered with %i", async (method, path, status) => {
    const { url } = await start();
    const response = await fetch(url + path, { method, headers: json });
    expect(response.status).toBe(status);
  });

  it("a broken request line does not stop the server", async () => {
    const { url, port } = await start();
    for (const text of [
      "nonsense\r\n\r\n",
      "GET //host/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    ]) {
      const socket = connect(port, "127.0.0.1");
      await new Promise((resolve) => socket.write(text, resolve));
      socket.destroy();
    }
    expect(await httpClient(url).query(api.list, {})).toEqual([]);
  });
});

describe("bad messages over a socket", () => {
  it.each([
    ["malformed JSON", "{"],
    ["no object", "[]"],
    ["an unknown type", '{"type":"Nonsense"}'],
    ["a missing field", '{"type":"Mutation","requestId":1}'],
    [
      "a negative version",
      '{"type":"ModifyQuerySet","baseVersion":-1,"newVersion":0,"modifications":[]}',
    ],
    [
      "another base version",
      '{"type":"ModifyQuerySet","baseVersion":3,"newVersion":4,"modifications":[]}',
    ],
  ])("%s ends the session with a FatalError", async (_name, text) => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.sendText(text);
    await socket.closed;
    expect(socket.received).toEqual([
      { type: "FatalError", error: expect.any(String) as string },
    ]);
    expect(await httpClient(url).query(api.list, {})).toEqual([]);
  });

  it("a binary message closes the socket", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.sendText(Buffer.from([1, 2, 3]));
    expect(await socket.closed).toMatchObject({ code: 1003 });
  });

  it("a message over the limit closes the socket", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.sendText(" ".repeat(BODY_LIMIT + 1));
    // Told so, or cut off while still sending.
    expect([1006, 1009]).toContain((await socket.closed).code);
    expect(socket.received).toEqual([]);
    expect(await httpClient(url).query(api.list, {})).toEqual([]);
  });

  it("arguments that are no Convex value fail only their call", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.mutate(0, "notes:send", { text: { $integer: 3 } });
    expect(await socket.answerTo(0)).toMatchObject({ success: false });
    socket.mutate(1, "notes:send", { text: "x" });
    expect(await socket.answerTo(1)).toMatchObject({ success: true });
  });

  it("a client that goes away in the middle leaves no trace", async () => {
    const { url } = await start();
    const socket = await RawSocket.connect(url);
    socket.subscribe("notes:list");
    socket.mutate(0, "notes:send", { text: "x" });
    socket.send({
      type: "Action",
      requestId: 1,
      udfPath: "notes:sendTwice",
      args: [{ text: "y" }],
    });
    await socket.answerTo(0);
    socket.drop();
    expect(await httpClient(url).mutation(api.send, { text: "z" })).toEqual(
      expect.any(String),
    );
  });

  it("another path is no socket", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/elsewhere`, {
      headers: { Upgrade: "websocket", Connection: "Upgrade" },
    }).catch(() => null);
    expect(response?.status ?? 404).toBe(404);
  });
});
