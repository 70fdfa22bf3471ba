// @vitest-environment node
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { api, httpClient, start } from "./support.js";

describe("calls over HTTP", () => {
  it("runs queries, mutations and actions", async () => {
    const { url } = await start();
    const client = httpClient(url);
    await client.mutation(api.send, { text: "one" });
    expect(await client.action(api.sendTwice, { text: "two" })).toBe("sent");
    expect(await client.query(api.list, {})).toEqual(["one", "two 1", "two 2"]);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- experimental, but part of the client's interface
    expect(await client.consistentQuery(api.count, {})).toBe(3);
  });

  it("carries every kind of value both ways", async () => {
    const { url } = await start();
    const value = {
      int: 2n ** 60n,
      bytes: new Uint8Array([1, 2]).buffer,
      float: -0.5,
      nested: [null, { "a b": true }],
    };
    expect(await httpClient(url).query(api.echo, { value })).toEqual(value);
  });

  it("carries the data of a ConvexError and rolls back", async () => {
    const { url } = await start();
    const client = httpClient(url);
    const error: unknown = await client
      .mutation(api.refuse, { text: "x" })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConvexError);
    expect(error).toMatchObject({
      data: { code: "REFUSED", text: "x", size: 7n },
      message: expect.stringMatching(
        /^\[Request ID: [0-9a-f]{16}\] Server Error$/,
      ) as string,
    });
    expect(await client.query(api.list, {})).toEqual([]);
  });

  it("keeps the text of any other error for the log", async () => {
    const { url, lines } = await start();
    const error: unknown = await httpClient(url)
      .mutation(api.crash, {})
      .catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(ConvexError);
    expect((error as Error).message).toMatch(
      /^\[Request ID: [0-9a-f]{16}\] Server Error$/,
    );
    expect(lines.join()).toContain("the secret reason");
  });

  it("shows the text to clients of a verbose deployment", async () => {
    const { url } = await start({ verbose: true });
    await expect(httpClient(url).mutation(api.crash, {})).rejects.toThrow(
      "the secret reason",
    );
  });

  it("refuses functions that are internal, missing, or of another kind", async () => {
    const { url, lines } = await start();
    const client = httpClient(url);
    await expect(
      client.mutation(api.sendHidden, { text: "x" }),
    ).rejects.toThrow("Server Error");
    await expect(
      client.action(makeFunctionReference<"action">("notes:nothing"), {}),
    ).rejects.toThrow("Server Error");
    await expect(
      client.query(makeFunctionReference<"query">("notes:send"), { text: "x" }),
    ).rejects.toThrow("Server Error");
    expect(lines).toEqual([
      expect.stringContaining(
        "Could not find public function for 'notes:sendHidden'",
      ) as string,
      expect.stringContaining(
        "Could not find public function for 'notes:nothing'",
      ) as string,
      expect.stringContaining("it is defined as a mutation") as string,
    ]);
    expect(await client.query(api.list, {})).toEqual([]);
  });

  it("answers callers without Convex's client in plain JSON", async () => {
    const { url } = await start();
    const post = async (path: string, body: unknown) => {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      return {
        status: response.status,
        body: (await response.json()) as unknown,
      };
    };
    const value = {
      int: { $integer: "BwAAAAAAAAA=" },
      bytes: { $bytes: "AQI=" },
    };
    expect(
      await post("/api/query", { path: "notes:echo", args: { value } }),
    ).toEqual({
      status: 200,
      body: { status: "success", value: { int: "7", bytes: "AQI=" } },
    });
    expect(
      await post("/api/run/notes/refuse", { args: { text: "x" } }),
    ).toMatchObject({
      status: 560,
      body: { status: "error", errorData: { code: "REFUSED", size: "7" } },
    });
    expect(
      await post("/api/function", { path: "notes:send", args: { text: "x" } }),
    ).toMatchObject({ status: 200 });
    const queries = [
      { path: "notes:list", args: {} },
      { path: "notes:fragile", args: {} },
    ];
    expect(await post("/api/query_batch", { queries })).toMatchObject({
      body: {
        results: [
          { status: "success", value: ["x"] },
          { status: "success", value: 1 },
        ],
      },
    });
  });
});
