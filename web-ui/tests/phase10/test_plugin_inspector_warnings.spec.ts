/** The inspector says of which plugin the warnings and errors are. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { PluginInspector } from "../../src/components/PluginInspector.tsx";
import type { WarningEntry } from "../../src/realtime/state.ts";

const warning = (id: number, plugin: string): WarningEntry => ({
  id: `5f0c3a9d2e7b4816-${id}`,
  plugin,
  message: "The first frames are too dark",
  severity: "medium",
  code: "DARK_INPUT",
  frameIndex: 0,
  timestamp: "2026-03-14T09:26:53.070Z",
});

const base = { pluginTimings: { motion: 1, people: 2 }, pluginMetadata: {}, pluginStatus: {} };

test("warnings are counted at the plugin they come from", async () => {
  const screen = await render(
    createElement(PluginInspector, { ...base, warnings: [warning(1, "motion"), warning(2, "motion")] }),
  );

  await expect.element(screen.getByRole("region", { name: "motion" }).getByText("2 warnings")).toBeVisible();
  expect(screen.getByRole("region", { name: "people" }).getByText(/warning/).query()).toBeNull();
});

test("the count of all warnings wins over those that are still kept", async () => {
  const screen = await render(
    createElement(PluginInspector, { ...base, warnings: [warning(1, "motion")], warningsByPlugin: { motion: 512 } }),
  );

  await expect.element(screen.getByText("512 warnings")).toBeVisible();
});

test("a single one is not in the plural", async () => {
  const screen = await render(createElement(PluginInspector, { ...base, warnings: [warning(1, "people")] }));

  await expect.element(screen.getByText("1 warning", { exact: true })).toBeVisible();
});

test("errors are counted beside them", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      ...base,
      warnings: [],
      errors: [
        { id: "e-1", plugin: "people", message: "No answer for 30 s", code: "PLUGIN_TIMEOUT", timestamp: "" },
        { id: "e-2", plugin: null, message: "The input ends early", code: null, timestamp: "" },
      ],
    }),
  );

  await expect.element(screen.getByRole("region", { name: "people" }).getByText("1 error")).toBeVisible();
  expect(screen.getByRole("region", { name: "motion" }).getByText(/error/).query()).toBeNull();
});

test("a plugin that only ever warned is listed too", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: {},
      pluginMetadata: {},
      pluginStatus: {},
      warnings: [warning(1, "faces")],
    }),
  );

  await expect.element(screen.getByRole("region", { name: "faces" }).getByText("1 warning")).toBeVisible();
});
