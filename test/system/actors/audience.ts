/**
 * A window that stays open: everything that it is shown is looked at.
 */
import { ConvexClient } from "convex/browser";
import { WebSocket } from "ws";
import { api } from "../../../example/convex/_generated/api.js";
import type { Person, World } from "../world.js";

export type Audience = {
  /** Titles of the first page of the person's own list, as last shown. */
  titles(): string[];
  /** How often it was shown something new. */
  updates(): number;
  close(): Promise<void>;
};

export const FIRST_PAGE = { paginationOpts: { numItems: 20, cursor: null } };

export function openWindow(world: World, person: Person): Audience {
  const client = new ConvexClient(world.deployment.url, {
    // The `ws` package's constructor is the web's, with more options.
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
  });
  client.setAuth(() => Promise.resolve(person.token));
  let titles: string[] = [];
  let updates = 0;
  client.onUpdate(api.documents.list, FIRST_PAGE, (own) => {
    updates++;
    titles = own.page.map(({ title }) => title);
    world.evidence.shown(person.name, own);
  });
  client.onUpdate(api.documents.listPublic, FIRST_PAGE, (open) => {
    updates++;
    world.evidence.shown(person.name, open);
  });
  return {
    titles: () => titles,
    updates: () => updates,
    close: () => client.close(),
  };
}
