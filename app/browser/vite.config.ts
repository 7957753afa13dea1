import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { offline } from "./offline-plugin.ts";

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the built folder works below any path.
  base: "./",
  plugins: [svelte(), offline()],
  worker: { format: "es" },
  build: {
    outDir: "../../out/browser",
    emptyOutDir: true,
    target: "es2023",
    // One chunk of the engine is as large as it is: it has no parts that load later.
    chunkSizeWarningLimit: 4000,
  },
  // Found only once the worker runs: without this list the page would reload at its first start.
  optimizeDeps: { include: ["birpc", "idb-keyval", "re2js", "unbash", "yaml", "zod"] },
  server: { host: "127.0.0.1", port: 5173 },
});
