import { defineConfig } from "vitest/config";

// The page goes into the package. Its parts are named by their content, so they are kept for ever.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/pixkin/web/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { css: true, environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});
