import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "electron-vite";

export default defineConfig({
  main: {
    build: {
      outDir: "out/desktop/main",
      lib: {
        entry: { main: "app/desktop/main.ts", engine: "app/desktop/engine.ts" },
        formats: ["es"],
      },
    },
  },
  preload: {
    build: {
      outDir: "out/desktop/preload",
      // A sandboxed preload script is CommonJS and brings everything with it.
      lib: { entry: { preload: "app/desktop/preload.ts" }, formats: ["cjs"] },
      rollupOptions: { output: { entryFileNames: "[name].cjs" } },
      externalizeDeps: false,
    },
  },
  renderer: {
    root: "app/desktop/window",
    base: "./",
    plugins: [svelte()],
    build: {
      outDir: "out/desktop/window",
      rollupOptions: { input: "app/desktop/window/index.html" },
    },
  },
});
