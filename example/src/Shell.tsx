import { useEffect, useRef, useState, type ReactNode } from "react";
import { Avatar, toPerson } from "./people.js";
import { goTo, hrefTo, useRoute, type Route } from "./route.js";
import { useSession } from "./session.js";
import { storedKeys } from "./storage.js";
import { ConnectionBanner } from "./ui/connection.js";
import { Icon, type IconName } from "./ui/controls.js";
import { ConfirmDialog, useOverlay } from "./ui/dialog.js";
import { useShortcut } from "./ui/keys.js";
import { Menu } from "./ui/menu.js";

/** The frame of every page: navigation, account, and the banner for a lost connection. */
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
          <img
            src={`${import.meta.env.BASE_URL}icon.svg`}
            alt=""
            width="22"
            height="22"
          />
          Acme Docs
        </a>
        <Nav />
        <Account />
      </header>
      <main ref={main} id="main" className="shell__main" tabIndex={-1}>
        <ConnectionBanner />
        <div className="shell__page">{children}</div>
      </main>
    </div>
  );
}

/** A new page starts at its top, with the focus on it. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>): void {
  const route = useRoute();
  const place = "id" in route ? `${route.page} ${route.id}` : route.page;
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place, main]);
}

function Nav() {
  const { page } = useRoute();
  return (
    <nav className="nav" aria-label="Sections">
      {sections.map((section) => (
        <a
          key={section.href}
          className="nav__link"
          href={section.href}
          aria-current={section.pages.includes(page) ? "page" : undefined}
        >
          <Icon name={section.icon} />
          {section.short !== undefined && (
            <span className="nav__short">{section.short}</span>
          )}
          <span className="nav__label">{section.label}</span>
        </a>
      ))}
    </nav>
  );
}

/** An entry of the navigation. */
type Section = {
  /** The pages that belong to it. */
  pages: Route["page"][];
  href: string;
  label: string;
  /** The label where there is little room, if it needs a shorter one. */
  short?: string;
  icon: IconName;
};

/** The sections of the app, in order. A new one needs a line here, a route, and a case in `Page`. */
const sections: Section[] = [
  {
    pages: ["mine", "shared", "team", "board"],
    href: hrefTo({ page: "mine" }),
    label: "My documents",
    short: "Documents",
    icon: "file",
  },
  {
    pages: ["public"],
    href: hrefTo({ page: "public" }),
    label: "Public",
    icon: "globe",
  },
  {
    pages: ["trash"],
    href: hrefTo({ page: "trash" }),
    label: "Trash",
    icon: "trash",
  },
  {
    pages: ["webhooks"],
    href: hrefTo({ page: "webhooks" }),
    label: "Webhooks",
    icon: "link",
  },
  {
    pages: ["operations"],
    href: hrefTo({ page: "operations" }),
    label: "Operations",
    icon: "clock",
  },
];

/** The account menu, or the button to sign in. */
function Account() {
  const { user, signOut } = useSession();
  const open = useOverlay();
  const [isConfirming, setConfirming] = useState(false);
  if (user === null) {
    return (
      <div className="account">
        <button className="button button--wide" onClick={() => open("sign-in")}>
          Sign in
        </button>
      </div>
    );
  }
  const person = toPerson(user);
  const leave = () => {
    // Not on the page of something that only its owner may see.
    goTo({ page: "mine" });
    signOut();
  };
  return (
    <div className="account">
      <Menu
        label={`Account of ${person.name}`}
        className="account__button"
        trigger={
          <>
            <Avatar person={person} />
            <span className="account__name">{person.name}</span>
          </>
        }
        items={[
          {
            label: "Change from a list…",
            icon: "file",
            run: () => open("from-list"),
          },
          {
            label: "Add sample documents…",
            icon: "copy",
            run: () => open("samples"),
          },
          {
            label: "Keyboard shortcuts",
            icon: "keyboard",
            run: () => open("shortcuts"),
          },
          {
            label: "Account",
            icon: "lock",
            run: () => goTo({ page: "account" }),
          },
          {
            label: "Sign out",
            icon: "sign-out",
            run: () =>
              storedKeys("draft/").length > 0 ? setConfirming(true) : leave(),
          },
        ]}
      />
      {isConfirming && (
        <ConfirmDialog
          title="Sign out and lose what is not saved?"
          confirm="Sign out"
          onConfirm={leave}
          onClose={() => setConfirming(false)}
        >
          There are changes in this window that have not been saved.
        </ConfirmDialog>
      )}
    </div>
  );
}
