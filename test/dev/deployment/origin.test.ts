// @vitest-environment node
import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { start } from "./support.js";

const LOCAL = [
  "http://127.0.0.1:5173",
  "http://localhost:3000",
  "https://localhost",
  "http://[::1]:8080",
];
const FOREIGN = [
  "https://evil.example",
  "http://127.0.0.1.evil.example",
  "http://localhost.evil.example:5173",
  "null",
  "file://",
  "nonsense",
];

/** The status of the answer to a request with any headers at all, which `fetch` would not send. */
async function statusOf(
  url: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const sent = request(url, { headers });
  sent.end();
  const [response] = (await once(sent, "response")) as [
    { statusCode?: number; resume(): void },
  ];
  response.resume();
  return response.statusCode;
}

describe("over HTTP", () => {
  it.each(LOCAL)(
    "a page at %s may call, and no other reads",
    async (Origin) => {
      const { url } = await start();
      const preflight = await fetch(`${url}/api/query`, {
        method: "OPTIONS",
        headers: {
          Origin,
          "Access-Control-Request-Headers": "authorization,x-other",
        },
      });
      expect(preflight.status).toBe(204);
      expect(Object.fromEntries(preflight.headers)).toMatchObject({
        "access-control-allow-origin": Origin,
        "access-control-allow-headers":
          "Authorization, Content-Type, Convex-Client",
        vary: "Origin",
      });
    },
  );

  it.each(FOREIGN)(
    "a page at %s is refused before anything runs",
    async (o) => {
      const { url } = await start();
      for (const method of ["OPTIONS", "POST", "GET"]) {
        const response = await fetch(`${url}/api/query?path=notes:list`, {
          method,
          headers: { Origin: o, "Content-Type": "application/json" },
        });
        expect(response.status).toBe(403);
        expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
      }
    },
  );

  it("a program, which sends no origin, may call, and nothing is allowed to pages", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/api/query?path=notes:list`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  it("a name of somebody else's that points to this machine is refused", async () => {
    const { url, port } = await start();
    const path = `${url}/api/query?path=notes:list`;
    expect(await statusOf(path, { Host: `evil.example:${port}` })).toBe(403);
    expect(await statusOf(path, { Host: `localhost:${port}` })).toBe(200);
  });

  it("a host says which pages may call", async () => {
    const page = "https://preview.example";
    const { url } = await start({ origins: (origin) => origin === page });
    const call = (Origin: string) =>
      fetch(`${url}/api/query?path=notes:list`, { headers: { Origin } });
    expect((await call(page)).status).toBe(200);
    expect((await call(LOCAL[0]!)).status).toBe(403);
  });
});

describe("over a socket", () => {
  const open = async (url: string, origin?: string) => {
    const socket = new WebSocket(
      `${url.replace("http", "ws")}/api/1.48.0/sync`,
      { ...(origin === undefined ? {} : { origin }) },
    );
    const opened = once(socket, "open").then(
      () => "open",
      (error: unknown) => String(error),
    );
    const answer = await opened;
    socket.terminate();
    return answer;
  };

  it.each([undefined, ...LOCAL])("%s connects", async (origin) => {
    const { url } = await start();
    expect(await open(url, origin)).toBe("open");
  });

  it.each(FOREIGN)("a page at %s does not", async (origin) => {
    const { url } = await start();
    expect(await open(url, origin)).toContain("403");
  });
});
