/**
 * The app that the README builds up in its first minutes, from its own text: `convex/documents.ts` on the embedded
 * deployment, and `src/Documents.tsx` in a page; and the `Rename` of docs/react.md in another.
 */
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineSchema, type UserIdentity } from "convex/server";
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import { DEMO_ISSUER, signDemoToken } from "../../../dev/auth.js";
import type { Schema } from "../../../dev/deployment/core/engine.js";
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
import { filesOf, readSnippets } from "../../consumer/snippets.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Below the package, so that its own name resolves as it does in a host that has installed it. */
const FOLDER = join(ROOT, "artifacts/readme-app");
const COMPONENT = join(ROOT, "dist/component");

const AROUND = {
  "convex/_generated/api.ts": `
import { anyApi, componentsGeneric } from "convex/server";
export const [api, internal, components] = [anyApi, anyApi, componentsGeneric()];
`,
  "src/main.tsx": `
import { useDocuments } from "@acme/convex-docs/react";
import { ConvexProvider, ConvexReactClient } from "convex/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { api } from "../convex/_generated/api";
import { Documents } from "./Documents";
import { Rename } from "./Rename";
function Form() {
  const { documents = [] } = useDocuments(api.documents.list, {});
  return documents.map((document) => <Rename key={document._id} document={document} />);
}
const Page = location.pathname === "/rename" ? Form : Documents;
const client = new ConvexReactClient(window.CONVEX_URL);
client.setAuth(async () => window.TOKEN);
createRoot(document.body).render(
  <StrictMode><ConvexProvider client={client}><Page /></ConvexProvider></StrictMode>,
);
`,
};

export type ReadmeApp = {
  deployment: Deployment;
  ada: UserIdentity;
  /** A window of Ada's that shows her documents: `"rename"` as `Rename` does, `""` as the README's page. */
  open: (context: BrowserContext, path?: "" | "rename") => Promise<Page>;
  close: () => Promise<void>;
};

/** Starts the deployment and bundles the page. */
export async function startReadmeApp(): Promise<ReadmeApp> {
  const files = filesOf(readSnippets(join(ROOT, "README.md")));
  const [rename] = readSnippets(join(ROOT, "docs/react.md"));
  files.set("src/Rename.tsx", rename?.code ?? "");
  const shown = [
    "convex/documents.ts",
    "src/Documents.tsx",
    "src/Rename.tsx",
  ].map((file) => [file, files.get(file) ?? ""] as const);
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [file, code] of [...Object.entries(AROUND), ...shown]) {
    mkdirSync(dirname(join(FOLDER, file)), { recursive: true });
    writeFileSync(join(FOLDER, file), code);
  }
  const schema = (await loadModule(COMPONENT, "schema"))?.["default"] as Schema;
  const deployment = await startDeployment({
    port: 0,
    modules: loadModules(join(FOLDER, "convex")),
    schema: defineSchema({}),
    authConfig,
    components: { docs: { schema, modules: loadModules(COMPONENT) } },
  });
  const script = await bundle();
  const token = await signDemoToken("ada");
  const html = `<!doctype html><title>README</title><body><script>
    window.CONVEX_URL = ${JSON.stringify(deployment.url)};
    window.TOKEN = ${JSON.stringify(token)};
  </script><script type="module" src="/main.js"></script>`;
  // A server, and not `page.route`: Chromium lets no page that came from nowhere connect to this machine.
  const server = createServer(({ url }, response) => {
    const isScript = url?.endsWith(".js") ?? false;
    const type = isScript ? "text/javascript" : "text/html";
    response.setHeader("content-type", `${type}; charset=utf-8`);
    response.end(isScript ? script : html);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const open: ReadmeApp["open"] = async (context, path = "") => {
    const page = await context.newPage();
    await page.goto(`http://${HOST}:${port}/${path}`);
    return page;
  };
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await deployment.close();
  };
  const ada = {
    subject: "ada",
    issuer: DEMO_ISSUER,
    tokenIdentifier: `${DEMO_ISSUER}|ada`,
  };
  return { deployment, ada, open, close };
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, "src/main.tsx")],
    bundle: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    platform: "browser",
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0]?.text ?? "";
}
