import { useEffect, useRef, type ReactNode } from "react";
import { useOverlay } from "../hooks/useOverlay.js";
import { useRoute } from "../hooks/useRoute.js";
import { useShortcut } from "../hooks/useShortcut.js";
import { hrefTo } from "../lib/route.js";
import { Account } from "./Account.js";
import { ConnectionBanner } from "./ConnectionBanner.js";
import { Nav } from "./Nav.js";

/** What every page stands in: navigation, account, and the banner for a lost connection. */
export function Shell({ children }: { children: ReactNode }) {
  const open = useOverlay();
  const main = useRef<HTMLElement>(null);
  useShortcut("n", () => open("new-document"));
  useShortcut("?", () => open("shortcuts"));
  useFocusOnArrival(main);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          // The part after the # is the app's own address.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <header className="shell__side">
        <a className="brand" href={hrefTo({ page: "mine" })}>
          <img src="/icon.svg" alt="" width="22" height="22" />
          Acme Docs
        </a>
        <Nav />
        <Account />
      </header>
      <main ref={main} className="shell__main" tabIndex={-1}>
        <ConnectionBanner />
        <div className="shell__page">{children}</div>
      </main>
    </div>
  );
}

/** Another page starts at its top, and a screen reader with it. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>): void {
  const route = useRoute();
  const place = route.page === "document" ? route.id : route.page;
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place, main]);
}
