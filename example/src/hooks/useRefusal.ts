import { useCallback } from "react";
import { explain, type Failure } from "../lib/failure.js";
import { useOverlay } from "./useOverlay.js";
import { useToasts } from "./useToasts.js";

/** Tells a person why something was refused, where the page has no better place for it: by its code. */
export function useRefusal(): (failure: Failure, owner?: string) => void {
  const show = useToasts();
  const open = useOverlay();
  return useCallback(
    (failure, owner) => {
      if (failure.code === "UNAUTHORIZED") return open("sign-in");
      show({ tone: "refused", ...explain(failure, owner) });
    },
    [open, show],
  );
}
