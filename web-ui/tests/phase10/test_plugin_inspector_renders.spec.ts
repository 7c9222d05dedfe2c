/** The inspector tells plugins and their tools apart, and keeps what they say of themselves at hand. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { PluginInspector } from "../../src/components/PluginInspector.tsx";

const twoPlugins = createElement(PluginInspector, {
  pluginTimings: { people: 2400, motion: 170 },
  pluginMetadata: {
    people: { version: "1.4.0", model: "hog", capabilities: ["detection"] },
    motion: { version: "2.0.0", model: null, input_types: ["image", "video"] },
  },
  warnings: [],
  pluginStatus: {
    people: { status: "running", tools: { detect: "running", count: "completed" }, framesProcessed: 26 },
    motion: { status: "failed", tools: { moving_regions: "failed" }, framesProcessed: 12 },
  },
});

test("each plugin has its version and its own state, in one look for all states", async () => {
  const screen = await render(twoPlugins);

  const people = screen.getByRole("region", { name: "people" });
  const motion = screen.getByRole("region", { name: "motion" });
  await expect.element(people.getByText("1.4.0")).toBeVisible();
  await expect.element(people.getByText("Running")).toBeVisible();
  await expect.element(motion.getByText("2.0.0")).toBeVisible();
  await expect.element(motion.getByText("Error")).toBeVisible();
});

test("the frames that a plugin has been through are counted", async () => {
  const screen = await render(twoPlugins);

  await expect.element(screen.getByRole("region", { name: "people" }).getByText("26 frames")).toBeVisible();
});

test("what a plugin says of itself is behind a disclosure, lists as words and nothing as a dash", async () => {
  const screen = await render(twoPlugins);
  const motion = screen.getByRole("region", { name: "motion" });
  expect(motion.getByText("image, video").query()?.checkVisibility() ?? false).toBe(false);

  await motion.getByText("About this plugin").click();

  await expect.element(motion.getByText("image, video")).toBeVisible();
  await expect.element(motion.getByRole("definition").first()).toHaveTextContent("–");
});

test("a plugin that is known by its description alone has not begun", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: {},
      pluginMetadata: { faces: { version: "1.5.0" } },
      warnings: [],
      pluginStatus: {},
    }),
  );

  await expect.element(screen.getByRole("region", { name: "faces" }).getByText("Queued")).toBeVisible();
});
