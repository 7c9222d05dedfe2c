/** Times are bars on one scale for all, with numbers that a person can read. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render, type RenderResult } from "vitest-browser-react";

import { PluginInspector } from "../../src/components/PluginInspector.tsx";

const share = (screen: RenderResult, name: string): number => {
  const bar = screen.getByRole("meter", { name }).element();
  const fill = bar.firstElementChild;
  return (fill?.getBoundingClientRect().width ?? -1) / bar.getBoundingClientRect().width;
};

test("the slowest fills its track and the others as much as they take of its time", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: { people: 800, motion: 200 },
      pluginMetadata: {},
      warnings: [],
      pluginStatus: {},
    }),
  );

  expect(share(screen, "people")).toBeCloseTo(1, 2);
  expect(share(screen, "motion")).toBeCloseTo(0.25, 2);
});

test("where the times of frames are known, tools are compared by those, with the slow ones' bound beside", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: { people: 2400, motion: 170 },
      pluginMetadata: {},
      warnings: [],
      pluginStatus: {},
      timingStats: {
        "people.detect": { count: 26, mean: 91, last: 95, p95: 118 },
        "motion.moving_regions": { count: 26, mean: 6.5, last: 6, p95: 9 },
      },
    }),
  );

  const people = screen.getByRole("region", { name: "people" });
  await expect.element(people.getByText("91 ms")).toBeVisible();
  await expect.element(people.getByText("p95 118 ms")).toBeVisible();
  await expect.element(screen.getByRole("region", { name: "motion" }).getByText("6.5 ms")).toBeVisible();
  expect(share(screen, "people.detect")).toBeCloseTo(91 / 118, 2);
  expect(share(screen, "motion.moving_regions")).toBeCloseTo(6.5 / 118, 2);
});

test("the bar of a single tool says how far its usual frame is from its slow ones, and its number is that of a frame", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: { motion: 170 },
      pluginMetadata: {},
      warnings: [],
      pluginStatus: {},
      timingStats: { "motion.moving_regions": { count: 26, mean: 6.5, last: 6, p95: 13 } },
    }),
  );

  expect(share(screen, "motion.moving_regions")).toBeCloseTo(0.5, 2);
  await expect.element(screen.getByRole("region", { name: "motion" })).toHaveTextContent("6.5 ms a frame");
  const mark = screen.container.querySelector(".timing-bar__mark")?.getBoundingClientRect();
  const track = screen.getByRole("meter").element().getBoundingClientRect();
  expect(mark?.right).toBeCloseTo(track.right, 0);
});

test("a sum that there is nothing to compare with has no bar, and says that it is one", async () => {
  const screen = await render(
    createElement(PluginInspector, { pluginTimings: { motion: 812 }, pluginMetadata: {}, warnings: [], pluginStatus: {} }),
  );

  await expect.element(screen.getByRole("region", { name: "motion" })).toHaveTextContent("812 ms in all");
  expect(screen.getByRole("meter").query()).toBeNull();
});

test.for([
  { ms: 0.04, shown: "0.04 ms" },
  { ms: 6.54, shown: "6.5 ms" },
  { ms: 812.5, shown: "813 ms" },
  { ms: 2400, shown: "2.4 s" },
  { ms: 185_000, shown: "3 min 5 s" },
])("$ms ms are written $shown", async ({ ms, shown }) => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: { motion: ms },
      pluginMetadata: {},
      warnings: [],
      pluginStatus: {},
    }),
  );

  await expect.element(screen.getByText(shown, { exact: true })).toBeVisible();
});

test("a time of nothing draws no bar and divides by nothing", async () => {
  const screen = await render(
    createElement(PluginInspector, {
      pluginTimings: { motion: 0, people: 0 },
      pluginMetadata: {},
      warnings: [],
      pluginStatus: {},
    }),
  );

  expect(share(screen, "motion")).toBe(0);
});
