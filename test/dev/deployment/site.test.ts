// @vitest-environment node
import { describe, expect, it } from "vitest";
import { signDemoToken } from "../../../dev/auth.js";
import { start } from "./support.js";

describe("HTTP actions", () => {
  it("get the request and give the response", async () => {
    const { siteUrl } = await start();
    const headers = { Authorization: `Bearer ${await signDemoToken("grace")}` };
    const response = await fetch(`${siteUrl}/notes`, {
      method: "POST",
      body: "text",
      headers,
    });
    expect([response.status, response.headers.get("X-Fixture")]).toEqual([
      201,
      "yes",
    ]);
    expect(await response.json()).toEqual({ subject: "grace" });
  });

  it("see a stranger behind a header that is not Convex's", async () => {
    const { siteUrl } = await start();
    const response = await fetch(`${siteUrl}/notes`, {
      method: "POST",
      body: "x",
      headers: { Authorization: "Basic eA==" },
    });
    expect(await response.json()).toEqual({ subject: null });
  });

  it("that throw are a 500 with the data of the ConvexError", async () => {
    const { siteUrl } = await start();
    const response = await fetch(`${siteUrl}/fail`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      code: expect.stringMatching(
        /^\[Request ID: [0-9a-f]{16}\] Server Error$/,
      ) as string,
      data: { code: "NO" },
    });
  });

  it("that do not exist are a 404", async () => {
    const { siteUrl } = await start();
    expect((await fetch(`${siteUrl}/nothing`)).status).toBe(404);
    const { siteUrl: bare } = await start({
      modules: { "./_generated/none.js": () => Promise.resolve({}) },
    });
    expect(await (await fetch(`${bare}/notes`)).text()).toContain(
      "does not have HTTP actions",
    );
  });
});
