import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // `npx convex dev` writes VITE_CONVEX_URL to .env.local beside package.json.
  envDir: fileURLToPath(new URL("..", import.meta.url)),
  plugins: [react()],
  // Everything the first page needs, prepared before the first request: a reload by a late discovery costs a second.
  optimizeDeps: {
    include: [
      "react",
      "react/jsx-dev-runtime",
      "react-dom/client",
      "convex/react",
      "convex/server",
      "convex/values",
      "convex-helpers/react",
      "jose",
    ],
  },
  server: { warmup: { clientFiles: ["./src/main.tsx"] } },
  build: { outDir: "dist", emptyOutDir: true },
});
