import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hrefTo, parseRoute, type Route } from "../../../example/src/route.js";

describe("an address", () => {
  it.each<[string, Route]>([
    ["", { page: "mine" }],
    ["#/", { page: "mine" }],
    ["#/?status=archived", { page: "mine", status: "archived" }],
    ["#/?status=shredded", { page: "mine" }],
    [
      "#/?status=draft&sort=due",
      { page: "mine", status: "draft", sort: "due" },
    ],
    ["#/?sort=shoe-size", { page: "mine" }],
    ["#/?tag=to+do", { page: "mine", tag: "to do" }],
    ["#/?tag=a&status=draft&sort=title", { page: "mine", tag: "a" }],
    ["#/?tag=", { page: "mine" }],
    ["#/public", { page: "public" }],
    ["#/d/j57", { page: "document", id: "j57" }],
    ["#/d/j57/history", { page: "history", id: "j57" }],
    ["#/d/j57/history/12", { page: "history", id: "j57", version: 12 }],
    ["#/d/j57/history/0", { page: "unknown" }],
    ["#/d/j57/history/1.5", { page: "unknown" }],
    ["#/d/j57/history/1/2", { page: "unknown" }],
    ["#/d/%E0%A4%A/history", { page: "unknown" }],
    ["#/d/", { page: "unknown" }],
    ["#/d/a/link/t0-_k", { page: "document", id: "a", token: "t0-_k" }],
    ["#/d/a/link/", { page: "unknown" }],
    ["#/d/a/link/b/c", { page: "unknown" }],
    ["#/d/a/b", { page: "unknown" }],
    ["#/shared", { page: "shared" }],
    ["#/team", { page: "team" }],
    ["#/team/k17", { page: "team", teamId: "k17" }],
    ["#/team/k17/x", { page: "unknown" }],
    ["#/team/a%2Fb", { page: "unknown" }],
    ["#/public/x", { page: "unknown" }],
    ["#/elsewhere", { page: "unknown" }],
    ["#/d/%E0%A4%A", { page: "unknown" }],
  ])("%j leads to %j", (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it("of a document leads back to it, whatever its id", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (id) => {
        const routes = [
          { page: "document", id },
          { page: "document", id, token: "t0-_k" },
          { page: "history", id },
          { page: "history", id, version: 7 },
        ] as const;
        expect(routes.map((route) => parseRoute(hrefTo(route)))).toEqual(
          routes,
        );
      }),
    );
  });

  it("of a tag leads back to it, whatever its name", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (tag) => {
        const route = { page: "mine", tag } as const;
        expect(parseRoute(hrefTo(route))).toEqual(route);
      }),
    );
  });

  it("never throws, whatever somebody types", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseRoute(`#${text}`).page).toBeTypeOf("string");
      }),
    );
  });
});
