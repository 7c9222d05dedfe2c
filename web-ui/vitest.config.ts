import { storybookTest } from "@storybook/addon-vitest/vitest-plugin";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

import { chromium, READY } from "./browser.ts";

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [react()],
        optimizeDeps: { include: READY },
        server: { fs: { allow: [".."] } },
        test: {
          name: "phase10",
          include: ["tests/phase10/*.spec.ts"],
          globalSetup: "tests/phase10/server/setup.ts",
          // As long as an element is waited for: a busy machine is slow, and how slow is no spec's business.
          expect: { poll: { timeout: 12_000 } },
          browser: chromium(),
        },
      },
      {
        plugins: [react(), storybookTest({ configDir: fileURLToPath(new URL(".storybook", import.meta.url)) })],
        optimizeDeps: { include: READY },
        test: {
          name: "stories",
          browser: chromium(),
        },
      },
    ],
  },
});
