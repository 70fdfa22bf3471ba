import { useCallback, useSyncExternalStore } from "react";
import { readStored, subscribeStored, writeStored } from "../lib/storage.js";

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
