// @vitest-environment node
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import * as values from "convex/values";
import { createRequire } from "node:module";
import { describe, expect, it, onTestFinished } from "vitest";
import { CODES } from "../../src/errors/codes.js";
import * as errors from "../../src/errors/index.js";
import { conflict, fail } from "../../src/shared/failures.js";
import { Server } from "../react/support/server.js";
import { secondCopy } from "./support/copy.js";
import { samples } from "./support/samples.js";

const second = await secondCopy();
const cjs = createRequire(import.meta.url)("convex/values") as typeof values;
const copies = { second, cjs };
const refused = conflict("d1", 1, 4);

describe("an error is the same in every copy of convex", () => {
  it("though its class is not", () => {
    expect(new second.ConvexError(refused)).not.toBeInstanceOf(
      values.ConvexError,
    );
    expect(new cjs.ConvexError(refused)).not.toBeInstanceOf(values.ConvexError);
  });

  it.each(["second", "cjs"] as const)(
    "thrown by the %s copy, recognised here",
    (name) => {
      const error: unknown = new copies[name].ConvexError(refused);
      expect(errors.isDocsError(error, "CONFLICT") && error.data.actual).toBe(
        4,
      );
    },
  );

  it.each(CODES)(
    "%s, thrown here, sent, and read by the second copy",
    (code) => {
      const wire = JSON.stringify(
        values.convexToJson(fail(samples[code]).data),
      );
      const arrived = second.jsonToConvex(JSON.parse(wire) as values.JSONValue);
      const error: unknown = new second.ConvexError(arrived);
      expect(second.getDocsError(error)).toEqual(samples[code]);
      expect(second.isDocsError(error, code)).toBe(true);
      expect(errors.isDocsError(error, code)).toBe(true);
    },
  );
});

const update = makeFunctionReference<"mutation">("documents:update");

describe("Convex's own clients", () => {
  it("HTTP: the data arrives, and the request id", async () => {
    const body = {
      status: "error",
      errorMessage: "[Request ID: 0123456789abcdef] Server Error",
      errorData: values.convexToJson(refused),
      logLines: [],
    };
    const client = new ConvexHttpClient("https://server.example", {
      logger: false,
      fetch: () =>
        Promise.resolve(new Response(JSON.stringify(body), { status: 560 })),
    });
    const error: unknown = await client
      .mutation(update, {})
      .catch((caught: unknown) => caught);
    expect(errors.getDocsError(error)).toEqual(refused);
    expect(errors.requestId(error)).toBe("0123456789abcdef");
  });

  it("HTTP: a deployment that is down is not ours", async () => {
    const client = new ConvexHttpClient("https://server.example", {
      logger: false,
      fetch: () =>
        Promise.resolve(
          new Response(`{"code":"ServiceUnavailable"}`, { status: 503 }),
        ),
    });
    await expect(errors.safe(client.mutation(update, {}))).rejects.toThrow(
      "ServiceUnavailable",
    );
  });

  it("WebSocket: the data arrives, and the request id", async () => {
    const server = new Server();
    const client = new ConvexClient("https://server.example", {
      logger: false,
      webSocketConstructor: server.webSocketConstructor,
    });
    onTestFinished(() => client.close());
    const pending = client
      .mutation(update, {})
      .catch((caught: unknown) => caught);
    await Promise.resolve();
    server.refuse(refused);
    const error: unknown = await pending;
    expect(errors.getDocsError(error)).toEqual(refused);
    expect(errors.requestId(error)).toBe("0123456789abcdef");
  });
});
