import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `npm run dev` finds a running Transom. */
const SERVER = process.env.TRANSOM_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Transom serves the page at any depth and below any path: the server puts its root before what starts with "./".
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../app/web_ui",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // What counts is the first load packed, and a test measures that.
    chunkSizeWarningLimit: 1_000,
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/docs", "/openapi.json"].map((path) => [path, { target: SERVER, ws: path === "/v1" }]),
    ),
  },
});
