import { describe, expect, it } from "vitest";
import { callerOf, type HttpCtx } from "../../../src/client/http/routes.js";
import { getDocsError } from "../../../src/errors/index.js";

/** A `ctx` whose token Convex judges so. */
function ctxWith(getUserIdentity: () => Promise<unknown>): HttpCtx {
  // Nothing but `auth` is read.
  return { auth: { getUserIdentity } } as unknown as HttpCtx;
}
const request = (headers: Record<string, string>) =>
  new Request("https://site.example/api", { headers });
const identify = async (ctx: HttpCtx) =>
  (await ctx.auth.getUserIdentity())?.subject ?? null;
const ada = () => Promise.resolve({ subject: "ada" });

describe("callerOf", () => {
  it("is whoever the token says", async () => {
    expect(
      await callerOf(
        ctxWith(ada),
        request({ Authorization: "bearer token" }),
        identify,
      ),
    ).toBe("ada");
  });

  it("is nobody without a token, and asks nobody then", async () => {
    const ctx = ctxWith(() => Promise.reject(new Error("must not be asked")));
    expect(await callerOf(ctx, request({}), identify)).toBeNull();
  });

  it("is unauthorized with a token that Convex does not accept, which it says by throwing", async () => {
    const ctx = ctxWith(() =>
      Promise.reject(new Error("InvalidAuthHeader: secret")),
    );
    const error: unknown = await callerOf(
      ctx,
      request({ Authorization: "Bearer forged" }),
      identify,
    ).catch((caught: unknown) => caught);
    expect(getDocsError(error)?.code).toBe("UNAUTHORIZED");
  });

  it("does not take a bug in `identify` for a bad token", async () => {
    const bug = new TypeError("bug");
    const call = callerOf(
      ctxWith(ada),
      request({ Authorization: "Bearer token" }),
      () => Promise.reject(bug),
    );
    await expect(call).rejects.toBe(bug);
  });
});
