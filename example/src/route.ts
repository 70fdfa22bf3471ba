import { useMemo, useSyncExternalStore } from "react";
import { isStatus } from "./documents/document.js";
import { isSort, type Filter } from "./documents/filter.js";

/** A place in the app. Each has an address after the `#`, so it can be linked to and survives a reload. */
export type Route =
  | ({ page: "mine" } & Filter)
  | { page: "board" }
  | { page: "public" }
  | { page: "shared" }
  /** Absent: the first of the viewer's teams. */
  | { page: "team"; teamId?: string }
  | { page: "trash" }
  | { page: "webhooks" }
  | { page: "operations" }
  | { page: "account" }
  /** `token`: of the link that leads there. All of an address behind its `#` stays in the browser. */
  | { page: "document"; id: string; token?: string }
  | { page: "history"; id: string; version?: number }
  | { page: "unknown" };

/** Reads the part of an address that starts with `#`. Never throws: users type addresses. */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2);
  const [first = "", second = "", ...rest] = path.replace(/^\//, "").split("/");
  if (first === "d" && second !== "") return documentRoute(second, rest);
  if (first === "team" && rest.length === 0 && /^\w*$/.test(second))
    return { page: "team", ...(second !== "" && { teamId: second }) };
  if (second !== "" || rest.length > 0) return { page: "unknown" };
  if (isPlain(first)) return { page: first };
  if (first !== "") return { page: "unknown" };
  return { page: "mine", ...filterIn(new URLSearchParams(search)) };
}

/** What does not make sense is left out. A tag stands alone: see `Filter`. */
function filterIn(search: URLSearchParams): Filter {
  const tag = search.get("tag");
  if (tag !== null && tag !== "") return { tag };
  const status = search.get("status");
  const sort = search.get("sort");
  return {
    ...(isStatus(status) && { status }),
    ...(isSort(sort) && { sort }),
  };
}

/** The address of a place, for `href`. */
export function hrefTo(route: Exclude<Route, { page: "unknown" }>): string {
  switch (route.page) {
    case "mine": {
      const { page: _, ...filter } = route;
      const search = new URLSearchParams(filter).toString();
      return search === "" ? "#/" : `#/?${search}`;
    }
    case "board":
    case "public":
    case "shared":
    case "trash":
    case "webhooks":
    case "operations":
    case "account":
      return `#/${route.page}`;
    case "team":
      return route.teamId === undefined ? "#/team" : `#/team/${route.teamId}`;
    case "document": {
      const address = `#/d/${encodeURIComponent(route.id)}`;
      const { token } = route;
      return token === undefined ? address : `${address}/link/${token}`;
    }
    case "history": {
      const { id, version } = route;
      const place = version === undefined ? "history" : `history/${version}`;
      return `#/d/${encodeURIComponent(id)}/${place}`;
    }
  }
}

/** Pages whose address is their name. */
const PLAIN = [
  "board",
  "public",
  "shared",
  "trash",
  "webhooks",
  "operations",
  "account",
] as const;

function isPlain(name: string): name is (typeof PLAIN)[number] {
  return PLAIN.some((page) => page === name);
}

/** @param rest what comes after the id: nothing, "link" and a token, "history", or "history" and a version */
function documentRoute(encoded: string, rest: string[]): Route {
  try {
    const id = decodeURIComponent(encoded);
    const [place, version, ...more] = rest;
    if (place === undefined) return { page: "document", id };
    if (place === "link" && version && more.length === 0)
      return { page: "document", id, token: version };
    if (place !== "history" || more.length > 0) return { page: "unknown" };
    if (version === undefined) return { page: "history", id };
    return /^[1-9]\d{0,14}$/.test(version)
      ? { page: "history", id, version: Number(version) }
      : { page: "unknown" };
  } catch {
    return { page: "unknown" };
  }
}

/** Where the app is. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Goes to another place, as following a link does. */
export function goTo(route: Parameters<typeof hrefTo>[0]): void {
  window.location.hash = hrefTo(route);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/** The id of a document and its line in the list (from 1). */
export type Named = { line: number; id: string };

/** Reads a list with an address or an id in each line. The server refuses what is neither. */
export function namedIn(text: string): Named[] {
  return text.split(/\r?\n/).flatMap((given, index) => {
    const entry = given.trim();
    return entry === "" ? [] : [{ line: index + 1, id: idOf(entry) }];
  });
}

function idOf(entry: string): string {
  const start = entry.indexOf("#");
  if (start === -1) return entry;
  const route = parseRoute(entry.slice(start));
  return route.page === "document" ? route.id : entry;
}
