import { v } from "convex/values";
import { describe, expect, it } from "vitest";
import { Docs } from "../../../src/client/index.js";
import { deploymentOf } from "../../../dev/strict/index.js";
import { components, docs, seed } from "../../support/host.js";
import { problem, published, start } from "./support.js";

describe("GET one document", () => {
  it("is the owner's, with an ETag, for the owner alone to keep", async () => {
    const { t, ada, ask } = start();
    const id = await seed(t, "ada", { title: "Plan" });
    const response = await ask(ada, `/${id}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(response.headers.get("Vary")).toBe("Authorization");
    expect(response.headers.get("ETag")).toBe('W/"1"');
    expect(await response.json()).toMatchObject({
      _id: id,
      title: "Plan",
      ownerId: "ada",
      version: 1,
    });
  });

  it("is anybody's if it is public, for anybody to keep", async () => {
    const { t, nobody, ask } = start();
    const response = await ask(nobody, `/${await seed(t, "ada", published)}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("public, no-cache");
  });

  it("is not found, in the same words, if it is private, gone, malformed or of another kind", async () => {
    const { t, bob, nobody, ask } = start();
    const secret = await seed(t, "ada");
    const gone = await seed(t, "ada");
    await t.mutation((ctx) => docs.as("ada").remove(ctx, { id: gone }));
    const audit = await t.run((ctx) => ctx.db.insert("audit", { line: "x" }));
    for (const id of [
      secret,
      gone,
      audit,
      "nonsense",
      "a%2Fb",
      "",
      "%zz",
      "a/b",
      "%00",
    ]) {
      for (const caller of [bob, nobody]) {
        const { status, error } = await problem(await ask(caller, `/${id}`));
        expect(status).toBe(404);
        const echoed = error?.code === "NOT_FOUND" ? error.documentId : null;
        const word = (text: unknown) =>
          JSON.stringify(text).replaceAll(
            JSON.stringify(echoed).slice(1, -1) || "\0",
            "…",
          );
        expect(word(error?.message)).toBe(
          word(`No document with the id "${echoed}".`),
        );
      }
    }
  });

  it("is 304 without a body while the client has this version, and 200 once it has not", async () => {
    const { t, ada, ask } = start();
    const id = await seed(t, "ada");
    const again = (tag: string) =>
      ask(ada, `/${id}`, { headers: { "If-None-Match": tag } });
    for (const tag of ['W/"1"', '"1"', '"7", W/"1"', "*"]) {
      const response = await again(tag);
      expect([tag, response.status, await response.text()]).toEqual([
        tag,
        304,
        "",
      ]);
      expect(response.headers.get("ETag")).toBe('W/"1"');
    }
    expect((await again('W/"11"')).status).toBe(200);
    await t.mutation((ctx) => docs.as("ada").update(ctx, { id, title: "New" }));
    const response = await again('W/"1"');
    expect(response.status).toBe(200);
    expect(response.headers.get("ETag")).toBe('W/"2"');
  });

  it("tells a stranger nothing by a 304", async () => {
    const { t, bob, ask } = start();
    const id = await seed(t, "ada");
    const response = await ask(bob, `/${id}`, {
      headers: { "If-None-Match": "*" },
    });
    expect(response.status).toBe(404);
  });
});

describe("GET a page", () => {
  it("has the caller's own documents, newest first, and where the next page is", async () => {
    const { t, ada, ask } = start();
    for (const title of ["1", "2", "3"]) await seed(t, "ada", { title });
    await seed(t, "bob", published);
    const first = await ask(ada, "?limit=2");
    expect(first.headers.get("Cache-Control")).toBe("private, no-cache");
    const page = (await first.json()) as {
      documents: { title: string }[];
      nextCursor: string;
    };
    expect(page.documents.map(({ title }) => title)).toEqual(["3", "2"]);
    const next = /^<(.*)>; rel="next"$/.exec(
      first.headers.get("Link") ?? "",
    )?.[1];
    const second = await ask(ada, next);
    expect(await second.json()).toMatchObject({
      documents: [{ title: "1" }],
      nextCursor: null,
    });
    expect(second.headers.has("Link")).toBe(false);
    expect(new URLSearchParams(next).get("cursor")).toBe(page.nextCursor);
  });

  it("has the public ones for nobody, and for somebody who asks for them", async () => {
    const { t, ada, nobody, ask } = start();
    await seed(t, "ada", { title: "secret" });
    await seed(t, "bob", { ...published, title: "open" });
    for (const response of [
      await ask(nobody),
      await ask(nobody, "?scope=public"),
      await ask(ada, "?scope=public"),
    ]) {
      expect(await response.json()).toMatchObject({
        documents: [{ title: "open" }],
      });
    }
  });

  it("can be of one status, and oldest first", async () => {
    const { t, ada, ask } = start();
    await seed(t, "ada", { title: "1" });
    await seed(t, "ada", { title: "2", status: "archived" });
    await seed(t, "ada", { title: "3" });
    const response = await ask(ada, "?status=draft&order=asc");
    const { documents } = (await response.json()) as {
      documents: { title: string }[];
    };
    expect(documents.map(({ title }) => title)).toEqual(["1", "3"]);
  });

  it("is empty when there is nothing", async () => {
    const { ada, ask } = start();
    expect(await (await ask(ada)).json()).toEqual({
      documents: [],
      nextCursor: null,
    });
  });

  it("is 20 long unless told otherwise, and never longer than 100", async () => {
    const { t, ada, ask } = start();
    for (let batch = 0; batch < 2; batch++) {
      const items = Array.from({ length: 60 }, () => ({
        title: "x",
        content: "",
      }));
      await t.mutation((ctx) => docs.as("ada").batchCreate(ctx, { items }));
    }
    const count = async (query: string) =>
      ((await (await ask(ada, query)).json()) as { documents: unknown[] })
        .documents.length;
    expect(await count("")).toBe(20);
    expect(await count("?limit=1000000")).toBe(100);
    expect(await count(`?limit=${"9".repeat(400)}`)).toBe(100);
  });

  it("names every parameter that is wrong, and leaves those alone that are not ours", async () => {
    const { ada, ask } = start();
    const { status, error } = await problem(
      await ask(ada, "?limit=0&order=up&scope=all&status=gone&utm=1"),
    );
    expect(status).toBe(422);
    const paths =
      error?.code === "VALIDATION_FAILED"
        ? error.issues.map(({ path }) => path)
        : [];
    expect(paths).toEqual(["scope", "status", "order", "limit"]);
    for (const limit of ["-1", "1.5", "1e3", "x", " ", "0x10"]) {
      expect((await problem(await ask(ada, `?limit=${limit}`))).status).toBe(
        422,
      );
    }
    expect(
      (await problem(await ask(ada, "?scope=public&status=draft"))).status,
    ).toBe(422);
    expect((await ask(ada, "?utm=1&cursor=")).status).toBe(200);
  });

  it("refuses a cursor that is not ours", async () => {
    const { ada, ask } = start();
    expect(await problem(await ask(ada, "?cursor=nonsense"))).toMatchObject({
      status: 400,
      code: "INVALID_CURSOR",
    });
  });

  it("does not let one caller's cursor show another's documents", async () => {
    const { t, ada, bob, ask } = start();
    for (const title of ["1", "2", "3"]) await seed(t, "ada", { title });
    const { nextCursor } = (await (await ask(ada, "?limit=1")).json()) as {
      nextCursor: string;
    };
    const response = await ask(
      bob,
      `?cursor=${encodeURIComponent(nextCursor)}`,
    );
    expect(await response.json()).toEqual({ documents: [], nextCursor: null });
  });

  it("asks nobody to sign in for what needs somebody", async () => {
    const { nobody, ask } = start();
    const response = await ask(nobody, "?scope=own");
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await problem(response)).toMatchObject({
      status: 401,
      code: "UNAUTHORIZED",
    });
  });
});

describe("a token that is no good", () => {
  it.each([["Bearer forged"], ["Basic YTpi"], ["nonsense"], [""]])(
    "is 401 and not a stranger's view: %s",
    async (Authorization) => {
      const { t, nobody, ask } = start();
      const id = await seed(t, "ada", published);
      const response = await ask(nobody, `/${id}`, {
        headers: { Authorization },
      });
      expect(await problem(response)).toMatchObject({
        status: 401,
        code: "UNAUTHORIZED",
      });
    },
  );

  it("is 401 when the scheme is not Bearer, whoever Convex says it is", async () => {
    const { ada, ask } = start();
    expect(
      (await ask(ada, "", { headers: { Authorization: "Basic YTpi" } })).status,
    ).toBe(401);
  });

  it("is 401 for somebody whom the app does not know", async () => {
    const stranger = new Docs(components.docs, {
      fields: { title: v.string() },
      identify: () => null,
    });
    const { ada, ask } = start({}, stranger);
    expect((await ask(ada)).status).toBe(401);
  });
});

describe("methods", () => {
  it.each(["", "/some-id"])(
    "other than reading are 405 with what there is: %s",
    async (path) => {
      const { ada, ask } = start();
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        const response = await ask(ada, path, { method });
        expect(response.status).toBe(405);
        expect(response.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
        expect(response.headers.get("Content-Type")).toBe(
          "application/problem+json",
        );
        expect(await response.json()).toMatchObject({
          type: "about:blank",
          status: 405,
        });
      }
      const response = await ask(ada, path, { method: "OPTIONS" });
      expect([response.status, response.headers.get("Allow")]).toEqual([
        204,
        "GET, HEAD, OPTIONS",
      ]);
    },
  );

  it("HEAD says what GET would, without the body", async () => {
    const { t, ada, ask } = start();
    const id = await seed(t, "ada");
    for (const path of [`/${id}`, "?limit=1", "/nonsense", "?limit=0"]) {
      const get = await ask(ada, path);
      const head = await ask(ada, path, { method: "HEAD" });
      expect(head.status).toBe(get.status);
      expect([...head.headers]).toEqual([...get.headers]);
      expect(await head.text()).toBe("");
    }
  });
});

describe("registering", () => {
  it.each(["api/documents", "/api/documents/", "/", ""])(
    "refuses the prefix %j",
    (prefix) => {
      expect(() => start({ prefix })).toThrow(
        "must start with a slash and not end with one",
      );
    },
  );

  it("leaves its neighbours alone", async () => {
    const { nobody } = start();
    for (const path of ["/api/documents-old", "/api", "/api/documentsx/1"]) {
      expect((await nobody.fetch(path)).status).toBe(404);
    }
  });
});

describe("where the routes are", () => {
  it("may be behind an `httpPrefix`, which Convex leaves in the URL of the request", async () => {
    const { t, nobody } = start();
    const id = await seed(t, "ada", { ...published, title: "Plan" });
    deploymentOf(t).httpPrefix("/v1");
    const get = (path: string) => nobody.fetch(`/v1/api/documents${path}`);
    expect(await (await get(`/${id}`)).json()).toMatchObject({ _id: id });
    expect(await (await get("")).json()).toMatchObject({
      documents: [{ _id: id }],
    });
    for (const path of ["/", "/nonsense", `/x/${id}`]) {
      expect((await problem(await get(path))).status).toBe(404);
    }
  });

  it.each(["/café", "/a b", "/a/../b", "/a?b", "/a#b"])(
    "is a path that a request can have, which %s is not",
    (prefix) => {
      expect(() => start({ prefix })).toThrow(`no request has the path`);
    },
  );
});
