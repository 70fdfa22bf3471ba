import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** How long requests wait for the first bundle (ms). After that Vite answers what it has, such as an error in the code. */
const BUNDLE_LIMIT = 20_000;

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // `npx convex dev` writes VITE_CONVEX_URL to .env.local beside package.json.
  envDir: fileURLToPath(new URL("..", import.meta.url)),
  plugins: [react(), waitForBundle()],
  // One request instead of a hundred: a visitor's first list costs half the time. Changes still arrive without a reload.
  experimental: { bundledDev: true },
  build: { outDir: "dist", emptyOutDir: true },
});

/** Lets the first visitor wait for the page instead of being shown that it is still being bundled. */
function waitForBundle(): Plugin {
  return {
    name: "wait-for-bundle",
    configureServer({ environments, middlewares }) {
      const deadline = Date.now() + BUNDLE_LIMIT;
      const isPending = () =>
        environments.client.bundledDev?.hasBuildOutput === false &&
        Date.now() < deadline;
      middlewares.use((_request, _response, next) => {
        void (async () => {
          while (isPending()) await setTimeout(20);
          next();
        })();
      });
    },
  };
}
