import type { IconName } from "../components/Icon.js";
import { hrefTo, type Route } from "../lib/route.js";

/** An entry of the navigation. */
export type Section = {
  page: Route["page"];
  href: string;
  label: string;
  /** The label where there is little room, if it needs a shorter one. */
  short?: string;
  icon: IconName;
};

/** The sections of the app, in order. A new one needs a line here, a route, and a case in `Page`. */
export const sections: Section[] = [
  {
    page: "mine",
    href: hrefTo({ page: "mine" }),
    label: "My documents",
    short: "Documents",
    icon: "file",
  },
  {
    page: "public",
    href: hrefTo({ page: "public" }),
    label: "Public",
    icon: "globe",
  },
  {
    page: "trash",
    href: hrefTo({ page: "trash" }),
    label: "Trash",
    icon: "trash",
  },
  {
    page: "webhooks",
    href: hrefTo({ page: "webhooks" }),
    label: "Webhooks",
    icon: "link",
  },
  {
    page: "operations",
    href: hrefTo({ page: "operations" }),
    label: "Operations",
    icon: "clock",
  },
];
