import { createContext, use } from "react";

/** What can lie over any page. One at a time. */
export type Overlay =
  "new-document" | "from-list" | "samples" | "sign-in" | "shortcuts";

export const OverlayContext = createContext<(overlay: Overlay) => void>(
  () => undefined,
);

/** Opens an overlay. */
export function useOverlay(): (overlay: Overlay) => void {
  return use(OverlayContext);
}
