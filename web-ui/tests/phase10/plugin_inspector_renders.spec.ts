/** The inspector shows each plugin of a job: what it is doing, and how long it takes. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { PluginInspector } from "../../src/components/PluginInspector.tsx";

test("a plugin is shown with its state and its time", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: { motion: 812.5 },
      pluginMetadata: { motion: { version: "1.0.0" } },
      warnings: [],
      pluginStatus: { motion: { status: "running", tools: { moving_regions: "running" }, framesProcessed: 40 } },
    }),
  );

  const inspector = screen.container.querySelector("#plugin-inspector");
  expect(inspector).not.toBeNull();
  await expect.element(screen.getByRole("heading", { name: "motion" })).toBeVisible();
  await expect.element(screen.getByText("Running")).toBeVisible();
  await expect.element(screen.getByText("813 ms")).toBeVisible();
});

test("before any plugin has begun it says so", async () => {
  const screen = await render(
    createElement(PluginInspector, { pluginTimings: {}, pluginMetadata: {}, warnings: [], pluginStatus: {} }),
  );

  await expect.element(screen.getByText("No plugin has begun yet.")).toBeVisible();
});
