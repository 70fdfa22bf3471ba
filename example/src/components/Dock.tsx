import type { ReactNode } from "react";

/** Lies over the end of the page: what goes on, and what can be done to what is selected. */
export function Dock({ children }: { children: ReactNode }) {
  return <div className="dock">{children}</div>;
}
