import { ConvexHttpClient } from "convex/browser";
import type {
  BrowserContext,
  BrowserContextOptions,
  Page,
  WebSocketRoute,
} from "playwright-core";
import { signDemoToken, type DemoUserName } from "../../../dev/auth.js";
import type { Mode, Service } from "../../../dev/stub/services.js";
import { api } from "../../../example/convex/_generated/api.js";
import type { Edit } from "./deploy.js";
import type { OperatorOrder } from "./hands/operator.js";
import type { SchedulerOrder } from "./hands/scheduler.js";

export const DESKTOP = { width: 1280, height: 800 };

/** The example as the suites find it, wherever its deployment runs. */
export type Stack = Ground & Writing;

/** What each kind of deployment does in its own way. */
export type Ground = {
  /** Where the page is. */
  url: string;
  /** Where the HTTP actions are. */
  siteUrl: string;
  /** Where clients call functions. */
  convexUrl: string;
  /** Reaches those addresses. */
  fetch: typeof fetch;
  /** Whether pictures are kept of what is shown. */
  isPictured: boolean;
  /** The browser of somebody, who keeps it. */
  browserOf(
    name: string,
    options: BrowserContextOptions,
  ): Promise<BrowserContext>;
  /** Makes a page of that browser what the options say. */
  fit(page: Page, options: BrowserContextOptions): Promise<void>;
  /** Hands the test each connection that a page opens to its deployment, from the page's next load on. */
  intercept(page: Page, onOpen: (wire: Wire) => void): Promise<void>;
  /** Changes how a service behaves: the one that summaries come from, unless it says otherwise. */
  setMode(mode: Mode, service?: Service): Promise<void>;
  /** Holds the functions that the deployment has scheduled, runs some of them, or lets them go again. */
  schedule(order: SchedulerOrder): Promise<void>;
  /** Does what only an operator can: calls an internal function, or changes what is stored of a document's past. */
  operate(order: OperatorOrder): Promise<void>;
  /** Deploys the app as it is after a change; without one, as it is. In the page the app is part of the build. */
  deploy(edit?: Edit): Promise<void>;
  stop(): Promise<void>;
};

/** A page's end of a connection, and the server's once it is asked for. Nothing goes from one to the other by itself. */
export type Wire = Pick<WebSocketRoute, "send" | "onMessage" | "close"> & {
  connectToServer(): Pick<WebSocketRoute, "send" | "onMessage">;
};

/** What others do to documents, as a client of theirs would. */
type Writing = {
  create(user: DemoUserName, document: Seed): Promise<string>;
  /** Creates up to 100 documents in one call. */
  createMany(user: DemoUserName, items: Seed[]): Promise<void>;
  remove(user: DemoUserName, id: string): Promise<void>;
  /** Deletes a document for good. */
  purge(user: DemoUserName, id: string): Promise<void>;
  /** Plans to publish a document (ms since 1970). */
  plan(user: DemoUserName, id: string, at: number): Promise<void>;
};

export type Seed = {
  title: string;
  content: string;
  status?: "draft" | "published" | "archived";
  isPublic?: boolean;
  tags?: string[];
  /** ms since 1970. */
  dueAt?: number;
  /** When retention takes it (ms since 1970). */
  expiresAt?: number;
};

export function stackOn(ground: Ground): Stack {
  const clientOf = async (user: DemoUserName) => {
    const client = new ConvexHttpClient(ground.convexUrl, {
      fetch: ground.fetch,
      auth: await signDemoToken(user),
    });
    return client;
  };
  return {
    ...ground,
    create: async (user, document) => {
      const client = await clientOf(user);
      return (await client.mutation(api.documents.create, document)).id;
    },
    createMany: async (user, items) => {
      const client = await clientOf(user);
      await client.mutation(api.documents.batchCreate, { items });
    },
    remove: async (user, id) => {
      const client = await clientOf(user);
      await client.mutation(api.documents.remove, { id });
    },
    purge: async (user, id) => {
      const client = await clientOf(user);
      await client.mutation(api.documents.remove, { id });
      await client.mutation(api.documents.purge, { id });
    },
    plan: async (user, id, at) => {
      const client = await clientOf(user);
      const plan = { id, action: "publish", at } as const;
      await client.mutation(api.documents.schedule, plan);
    },
  };
}
