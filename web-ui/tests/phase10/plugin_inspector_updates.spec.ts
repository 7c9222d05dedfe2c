/** The inspector follows what plugins do. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { PluginInspector } from "../../src/components/PluginInspector.tsx";

const inspector = (status: "running" | "completed", ms: number) =>
  createElement(PluginInspector, {
    pluginTimings: { motion: ms },
    pluginMetadata: {},
    warnings: [],
    pluginStatus: { motion: { status, tools: { moving_regions: status }, framesProcessed: ms } },
  });

test("a new time and a new state take the place of the old", async () => {
  const screen = await render(inspector("running", 100));
  await expect.element(screen.getByText("Running")).toBeVisible();

  await screen.rerender(inspector("completed", 170));

  await expect.element(screen.getByText("Done")).toBeVisible();
  await expect.element(screen.getByText("170 ms")).toBeVisible();
  expect(screen.getByText("Running").query()).toBeNull();
  expect(screen.getByText("100 ms").query()).toBeNull();
});

test("what was opened stays open while numbers change", async () => {
  const about = (ms: number) =>
    createElement(PluginInspector, {
      pluginTimings: { motion: ms },
      pluginMetadata: { motion: { model: "mog2" } },
      warnings: [],
      pluginStatus: {},
    });
  const screen = await render(about(1));
  await screen.getByText("About this plugin").click();

  await screen.rerender(about(2));

  await expect.element(screen.getByText("mog2")).toBeVisible();
});
