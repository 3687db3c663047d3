import { defineConfig } from "vite";

// The page that `pixkin share` writes: from disk no browser loads modules, so it is one plain script.
export default defineConfig({
  base: "./",
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "../src/pixkin/web/page/shared",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    lib: {
      entry: "src/shared.tsx",
      formats: ["iife"],
      name: "pixkinPage",
      fileName: () => "page.js",
      cssFileName: "page",
    },
  },
});
