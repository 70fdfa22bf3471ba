/** Who else may read an answer, and what is in it. */
import { ConvexError, v } from "convex/values";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { components, identify, seed } from "../../support/host.js";
import { problem, published, start } from "./support.js";

describe("CORS", () => {
  const origin = "https://app.example.com";
  const allowed = (response: Response) =>
    response.headers.get("Access-Control-Allow-Origin");

  it("is off unless it is configured", async () => {
    const { nobody, ask } = start();
    for (const method of ["GET", "OPTIONS"]) {
      const response = await ask(nobody, "", {
        method,
        headers: { Origin: origin },
      });
      expect(
        [...response.headers.keys()].filter((name) =>
          name.startsWith("access-control"),
        ),
      ).toEqual([]);
    }
  });

  it("lets the pages of these origins read, failures too, and no others", async () => {
    const { nobody, ask } = start({ cors: { origins: [origin] } });
    for (const path of ["", "/nonsense", "?limit=0"]) {
      const ours = await ask(nobody, path, { headers: { Origin: origin } });
      expect(allowed(ours)).toBe(origin);
      expect(ours.headers.get("Vary")).toContain("Origin");
      expect(ours.headers.get("Access-Control-Expose-Headers")).toBe(
        "ETag, Link, Retry-After",
      );
      const theirs = await ask(nobody, path, {
        headers: { Origin: "https://evil.example" },
      });
      expect(allowed(theirs)).toBeNull();
      expect(theirs.headers.get("Vary")).toContain("Origin");
    }
  });

  it("answers a preflight, and how long that holds", async () => {
    const { nobody, ask } = start({
      cors: { origins: [origin], maxAgeSeconds: 60 },
    });
    const headers = {
      Origin: origin,
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "authorization",
    };
    const response = await ask(nobody, "/some-id", {
      method: "OPTIONS",
      headers,
    });
    expect(response.status).toBe(204);
    expect(allowed(response)).toBe(origin);
    expect(response.headers.get("Access-Control-Allow-Methods")).toBe(
      "GET, HEAD, OPTIONS",
    );
    expect(response.headers.get("Access-Control-Allow-Headers")).toBe(
      "Authorization, Docs-Link, If-None-Match",
    );
    expect(response.headers.get("Access-Control-Max-Age")).toBe("60");
    expect(response.headers.has("Access-Control-Allow-Credentials")).toBe(
      false,
    );
  });

  it("can let all pages read", async () => {
    const { nobody, ask } = start({ cors: { origins: ["*"] } });
    const response = await ask(nobody, "", {
      headers: { Origin: "https://any.example" },
    });
    expect(allowed(response)).toBe("*");
    expect(response.headers.get("Vary")).toBe("Authorization");
  });

  it.each([
    "https://app.example.com/",
    "app.example.com",
    "https://a.example/x",
    "",
  ])("refuses what is no origin: %s", (wrong) => {
    expect(() => start({ cors: { origins: [wrong] } })).toThrow(
      "CORS takes origins",
    );
  });
});

describe("what a client gets to see", () => {
  it("is what `present` makes of a document", async () => {
    const { t, nobody, ask } = start({
      present: ({ title }: { title: string }) => ({ title }),
    });
    const id = await seed(t, "ada", { ...published, title: "Plan" });
    expect(await (await ask(nobody, `/${id}`)).json()).toEqual({
      title: "Plan",
    });
    expect(await (await ask(nobody)).json()).toEqual({
      documents: [{ title: "Plan" }],
      nextCursor: null,
    });
  });

  it("is JSON, whatever Convex can store", async () => {
    const rich = new Docs(components.docs, {
      fields: { big: v.int64(), bytes: v.bytes(), odd: v.number() },
      identify,
    });
    const { t, ada, ask } = start({}, rich);
    const bytes = new Uint8Array([0, 255, 128]).buffer;
    const { id } = await t.mutation((ctx) =>
      rich.as("ada").create(ctx, { big: 2n ** 60n, bytes, odd: NaN }),
    );
    expect(await (await ask(ada, `/${id}`)).json()).toMatchObject({
      big: "1152921504606846976",
      bytes: "AP+A",
      odd: null,
    });
  });

  it("never has anything of a failure inside, which is in the log", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    onTestFinished(() => log.mockRestore());
    const bug = new ConvexError({ secret: "hunter2-MARKER" });
    bug.stack = "Error: hunter2-MARKER\n    at present (convex/http.ts:3)";
    const { t, nobody, ask } = start({
      present: () => {
        throw bug;
      },
    });
    const response = await ask(nobody, `/${await seed(t, "ada", published)}`);
    const text = await response.clone().text();
    expect(await problem(response)).toMatchObject({
      status: 500,
      code: "INTERNAL",
    });
    expect(text + JSON.stringify([...response.headers])).not.toContain(
      "MARKER",
    );
    // As text: Convex's console prints an Error without its stack.
    expect(log).toHaveBeenCalledWith(
      "convex-docs: an HTTP route failed:",
      bug.stack,
    );
  });

  it("is in our words, whatever the host's own errors look like", async () => {
    const mapping = new Docs(components.docs, {
      fields: { title: v.string() },
      identify,
      mapError: () => new Error("mine"),
    });
    const { nobody, ask } = start({}, mapping);
    expect(await problem(await ask(nobody, "/nonsense"))).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
    });
    expect((await problem(await ask(nobody, "?cursor=x"))).status).toBe(400);
  });
});
