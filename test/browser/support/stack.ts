import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import { signDemoToken, type DemoUserName } from "../../../dev/auth.js";
import type { Mode, Service } from "../../../dev/stub/services.js";
import { api } from "../../../example/convex/_generated/api.js";
import type { OperatorOrder } from "./operator.js";
import type { SchedulerOrder } from "./scheduler.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** How long `npm run dev` may take to start (ms). */
const START_LIMIT = 45_000;

/** What `npm run dev` starts: the page and its deployment, on ports of their own. */
export type Stack = {
  /** Where the page is. */
  url: string;
  /** Where the HTTP actions are. */
  siteUrl: string;
  /** Creates a document for a user, as a client of theirs would. */
  create(user: DemoUserName, document: Seed): Promise<string>;
  /** Creates up to 100 documents for a user in one call. */
  createMany(user: DemoUserName, items: Seed[]): Promise<void>;
  /** Removes a document of a user's, as another client of theirs would. */
  remove(user: DemoUserName, id: string): Promise<void>;
  /** Deletes a document of a user's for good. */
  purge(user: DemoUserName, id: string): Promise<void>;
  /** Plans to publish a document of a user's (ms since 1970). */
  plan(user: DemoUserName, id: string, at: number): Promise<void>;
  /** Changes how a service behaves: the one that summaries come from, unless it says otherwise. */
  setMode(mode: Mode, service?: Service): Promise<void>;
  /** Holds the functions that the deployment has scheduled, runs some of them, or lets them go again. */
  schedule(order: SchedulerOrder): Promise<void>;
  /** Does what only an operator can: calls an internal function, or changes what is stored of a document's past. */
  operate(order: OperatorOrder): Promise<void>;
  stop(): Promise<void>;
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

const HANDS = ["./scheduler.ts", "./operator.ts"].map(
  (name) => new URL(name, import.meta.url).href,
);

/** Starts the stack in a process of its own as `npm run dev` does, with hands on its scheduler and on what is stored. */
export async function startStack(): Promise<Stack> {
  const preloads = ["tsx", ...HANDS].flatMap((name) => ["--import", name]);
  const args = [...preloads, "dev/serve.ts"];
  const env = {
    ...process.env,
    PORT: "0",
    CONVEX_PORT: "0",
    // Whatever the machine has: summaries come from the stub.
    OPENAI_BASE_URL: "",
  };
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const ready = new Promise<
    Record<"url" | "convex" | "siteUrl" | "stub", string>
  >((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /App\s+(http\S+)/.exec(output)?.[1];
      const convex = /Convex\s+(http\S+)/.exec(output)?.[1];
      const siteUrl = /HTTP actions\s+(http\S+)/.exec(output)?.[1];
      const stub = /Stub\s+(http\S+)/.exec(output)?.[1];
      if (url && convex && siteUrl && stub)
        resolve({ url, convex, siteUrl, stub });
    };
    const fail = () => reject(new Error(`The stack did not start:\n${output}`));
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", fail);
    setTimeout(fail, START_LIMIT).unref();
  });
  const { url, convex, siteUrl, stub } = await ready.catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  const clientOf = async (user: DemoUserName) => {
    const client = new ConvexHttpClient(convex);
    client.setAuth(await signDemoToken(user));
    return client;
  };
  return {
    url,
    siteUrl,
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
    setMode: async (mode, service = "completions") => {
      const body = JSON.stringify(mode);
      const url = new URL(`/mode?service=${service}`, stub);
      await fetch(url, { method: "PUT", body });
    },
    schedule: async (order) => {
      const done = once(child, "message");
      child.send(order);
      await done;
    },
    operate: async (order) => {
      const done = once(child, "message");
      child.send(order);
      const [answer] = (await done) as [string];
      if (answer !== "done") throw new Error(answer);
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
