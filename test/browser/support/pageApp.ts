/**
 * The app that a page of documentation builds up over the README's, from its own text: the functions on the embedded
 * deployment, the components in windows of Chromium.
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join, relative, resolve } from "node:path";
import { defineSchema } from "convex/server";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import {
  DEMO_ISSUER,
  signDemoToken,
  type DemoUserName,
} from "../../../dev/auth.js";
import type {
  RunHandler,
  Schema,
} from "../../../dev/deployment/core/engine.js";
import {
  startDeployment,
  type Deployment,
} from "../../../dev/deployment/node/deployment.js";
import {
  loadModule,
  loadModules,
} from "../../../dev/deployment/node/modules.js";
import { HOST } from "../../../dev/deployment/node/ports.js";
import authConfig from "../../../example/convex/auth.config.js";
import manifest from "../../../package.json" with { type: "json" };
import { mountsOf, writeApp } from "../../package/support/pages.js";
import { interceptable } from "./connection.js";
import { Visitor } from "./visitor.js";

type Who = DemoUserName | null;
type Running = {
  deployment: Deployment;
  /** Where its windows are. */
  url: string;
  folder: string;
  stop(): Promise<void>;
};

/**
 * Shows the component that the address names, with the props that the address has as JSON. `signIn` is for who was signed out
 * when the page was opened.
 */
const main = (components: string[]) => `
import { ConvexProviderWithAuth, ConvexReactClient } from "convex/react";
import { StrictMode, useCallback, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
${components.map((name, n) => `import * as file${n} from "./${name}";`).join("\n")}
const shown = { ${components.map((_, n) => `...file${n}`).join(", ")} };
let [token, tell] = [window.TOKEN, () => {}];
window.signIn = (value) => { token = value; tell(); };
const subscribe = (listener) => { tell = listener; return () => {}; };
function useAuth() {
  const now = useSyncExternalStore(subscribe, () => token);
  const fetchAccessToken = useCallback(async () => now, [now]);
  return { isLoading: false, isAuthenticated: now !== null, fetchAccessToken };
}
const client = new ConvexReactClient(window.CONVEX_URL, { expectAuth: token !== null });
const Shown = shown[location.pathname.slice(1)];
const props = JSON.parse(decodeURIComponent(location.search.slice(1)));
createRoot(document.getElementById("app")).render(
  <StrictMode>
    <ConvexProviderWithAuth client={client} useAuth={useAuth}><Shown {...props} /></ConvexProviderWithAuth>
  </StrictMode>,
);
`;

/**
 * Lays out the page's app for the tests of this suite. `more` are files that the page leaves to its reader, and components that
 * stand around those of the page.
 */
export function pageApp(
  page: string,
  browser: () => Browser,
  more: Record<string, string> = {},
) {
  let running: Running | undefined;
  /** The windows of a test. */
  let context: Promise<BrowserContext> | undefined;
  let visitors: Visitor[] = [];
  const app = () => {
    if (running === undefined) throw new Error("The app has not been started");
    return running;
  };
  beforeAll(async () => {
    running = await start(page, more);
  });
  afterAll(async () => {
    await running?.stop();
  });
  // What went wrong in the windows of a test is said by the test that opened them.
  afterEach(async () => {
    const left = visitors;
    visitors = [];
    await (await context)?.close();
    context = undefined;
    expect(left.flatMap(({ problems }) => problems)).toEqual([]);
  });

  return {
    /** Where clients call functions. */
    url: () => app().deployment.url,
    /** A module of the app, by its path. */
    load: (file: string): Promise<Record<string, unknown>> =>
      import(/* @vite-ignore */ join(app().folder, file)) as Promise<
        Record<string, unknown>
      >,
    /** Calls a function as somebody. */
    call: (path: string, args: Record<string, unknown>, who: Who = "ada") =>
      app().deployment.call(
        path,
        args as never,
        who === null ? undefined : identity(who),
      ) as Promise<unknown>,
    /** Reads and writes the app's tables. */
    run: <T>(handler: RunHandler<T>) => app().deployment.run(handler),
    /** A window of somebody's that shows a component. */
    async open(component: string, props: object = {}, who: Who = "ada") {
      const { url, deployment } = app();
      context ??= browser().newContext();
      const visitor = new Visitor(await (await context).newPage(), url, false);
      visitors.push(visitor);
      const token = who && (await signDemoToken(who));
      await visitor.page.addInitScript(
        `window.CONVEX_URL = ${JSON.stringify(deployment.url)}; window.TOKEN = ${JSON.stringify(token)};`,
      );
      const asked = encodeURIComponent(JSON.stringify(props));
      await visitor.page.goto(`${url}/${component}?${asked}`);
      return visitor;
    },
    /** Puts a window's connection into the hands of the test. */
    connection: (visitor: Visitor) => interceptable({ stack: WIRED }, visitor),
  };
}

export type PageApp = ReturnType<typeof pageApp>;

const WIRED = {
  intercept: (page: Page, onOpen: Parameters<Page["routeWebSocket"]>[1]) =>
    page.routeWebSocket(/\/sync$/, onOpen),
};

/** Who somebody is to the functions. */
export const identity = (who: DemoUserName) => ({
  subject: who,
  issuer: DEMO_ISSUER,
  tokenIdentifier: `${DEMO_ISSUER}|${who}`,
});

async function start(
  page: string,
  more: Record<string, string>,
): Promise<Running> {
  // Within the repository, whose packages it uses, and where its own name resolves as it does in a host.
  mkdirSync("artifacts", { recursive: true });
  const folder = mkdtempSync(resolve("artifacts", "page-"));
  const files = writeApp(folder, page, "README.md", more);
  const components = files
    .map((file) => relative(folder, file))
    .filter((file) => /^src\/\w+\.tsx$/.test(file))
    .map((file) => basename(file, ".tsx"));
  writeFileSync(join(folder, "src/main.tsx"), main(components));

  const functions = join(folder, "convex");
  const deployment = await startDeployment({
    port: 0,
    modules: loadModules(functions),
    schema: (await schemaOf(functions)) ?? defineSchema({}),
    authConfig,
    components: await componentsOf(files),
    // Refusals are what the tests are about.
    log: () => undefined,
  });
  const script = await bundle(join(folder, "src/main.tsx"));
  const html = `<!doctype html><html lang="en"><title>${page}</title>
<main><h1>${page}</h1><div id="app"></div></main><script type="module" src="/main.js"></script></html>`;
  // A server, and not `page.route`: Chromium lets no page that came from nowhere connect to this machine.
  const server = createServer(({ url }, response) => {
    const isScript = url === "/main.js";
    const type = isScript ? "text/javascript" : "text/html";
    response.setHeader("content-type", `${type}; charset=utf-8`);
    response.end(isScript ? script : html);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    deployment,
    folder,
    url: `http://${HOST}:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await deployment.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function schemaOf(folder: string): Promise<Schema | undefined> {
  return (await loadModule(folder, "schema"))?.["default"] as
    Schema | undefined;
}

/** The components that the app mounts, as a deployment takes them. */
async function componentsOf(files: string[]) {
  const mounts = Object.entries(mountsOf(files)).map(async ([name, from]) => {
    const home = from === manifest.name ? "." : join("node_modules", from);
    const folder = resolve(home, "dist/component");
    const schema = (await schemaOf(folder)) ?? defineSchema({});
    return [name, { schema, modules: loadModules(folder) }] as const;
  });
  return Object.fromEntries(await Promise.all(mounts));
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    bundle: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    platform: "browser",
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}
