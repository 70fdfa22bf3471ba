import type { DraftStorage } from "@acme/convex-docs/react";
import { useCallback, useSyncExternalStore } from "react";

/**
 * Values that outlive a reload and end with the tab: two windows can be two people. Kept in memory too, so that
 * the page works where storage is full or forbidden, and so that a value keeps its identity between reads.
 */
const PREFIX = "convex-docs-example/";
const memory = new Map<string, unknown>();
const listeners = new Set<() => void>();

/** What is stored under a key, or `null`. It may have been written by an older version of this page. */
export function readStored(key: string): unknown {
  if (!memory.has(key)) memory.set(key, load(key));
  return memory.get(key) ?? null;
}

/** Stores a value; `null` removes it. */
export function writeStored(key: string, value: unknown): void {
  memory.set(key, value);
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Full or forbidden: memory has it.
  }
  listeners.forEach((listener) => listener());
}

/** The keys that begin with `start` and have a value. */
export function storedKeys(start: string): string[] {
  const kept = keysOfStorage().filter((key) => readStored(key) !== null);
  const known = [...memory].flatMap(([key, value]) =>
    value === null ? [] : [key],
  );
  return [...new Set([...kept, ...known])].filter((key) =>
    key.startsWith(start),
  );
}

/** Calls back after every change, until the returned function is called. */
export function subscribeStored(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function load(key: string): unknown {
  try {
    return JSON.parse(
      sessionStorage.getItem(PREFIX + key) ?? "null",
    ) as unknown;
  } catch {
    return null;
  }
}

function keysOfStorage(): string[] {
  try {
    return Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** A value that outlives a reload: see `lib/storage`. What does not pass `isValid` counts as absent. */
export function useStored<T>(
  key: string,
  isValid: (value: unknown) => value is T,
): [T | null, (value: T | null) => void] {
  const stored = useSyncExternalStore(subscribeStored, () => readStored(key));
  const write = useCallback(
    (value: T | null) => writeStored(key, value),
    [key],
  );
  return [isValid(stored) ? stored : null, write];
}

/** Where `useDocumentEditor` keeps unsaved text: with the other drafts, which end with the session. */
export const draftStorage: DraftStorage = {
  getItem: (key) => {
    const text = readStored(`draft/${key}`);
    return typeof text === "string" ? text : null;
  },
  setItem: (key, text) => writeStored(`draft/${key}`, text),
  removeItem: (key) => writeStored(`draft/${key}`, null),
};
