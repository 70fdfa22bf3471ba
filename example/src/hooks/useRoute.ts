import { useMemo, useSyncExternalStore } from "react";
import { hrefTo, parseRoute, type Route } from "../lib/route.js";

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
