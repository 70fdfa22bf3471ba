import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { demoUsers } from "./auth.js";
import { DEFAULT_PORT } from "./deployment/node/deployment.js";
import { HOST } from "./deployment/node/ports.js";
import { startExample } from "./example.js";

const PAGE = fileURLToPath(new URL("../example", import.meta.url));

/** How long open connections may take to close before the process ends anyway (ms). */
const SHUTDOWN_LIMIT = 2_000;

// PORT is the page's, as every dev server has it; the deployment takes the ports from CONVEX_PORT on.
const deployment = await startExample({
  port: portFrom("CONVEX_PORT", DEFAULT_PORT),
  crons: true,
});

// Vite hands variables with this prefix to the page.
process.env["VITE_CONVEX_URL"] = deployment.url;
process.env["VITE_CONVEX_SITE_URL"] = deployment.siteUrl;
const vite = await createServer({
  root: PAGE,
  clearScreen: false,
  server: { host: HOST, port: portFrom("PORT", 5173) },
});
await vite.listen();

const rows = [
  [
    "App",
    vite.resolvedUrls?.local[0] ?? `http://${HOST}:${vite.config.server.port}/`,
  ],
  ["Convex", deployment.url],
  ["HTTP actions", deployment.siteUrl],
  ["Summaries by", process.env["OPENAI_BASE_URL"] ?? "the stub"],
  ["Stub", `${deployment.stub.url} (PUT /mode sets its mode)`],
  ["Sign in as", Object.keys(demoUsers).join(" or ")],
  ["Data", "in memory, gone when this process ends"],
] as const;
console.log(
  `\n${rows.map(([name, value]) => `  ${name.padEnd(14)}${value}`).join("\n")}\n\n  Ctrl+C stops it.\n`,
);

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => void stop());

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Vite also listens for SIGTERM and would report it as a failure.
  process.exitCode = 0;
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT).unref();
  await Promise.all([vite.close(), deployment.close()]);
  // Functions scheduled for later would keep the process alive until they have run.
  process.exit(0);
}

function portFrom(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} is not a port: ${text}`);
  return port;
}
