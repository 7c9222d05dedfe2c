/** A progress bar names what is at work, keeps within its bounds, and fills by as much as was done. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { ProgressBar } from "../../src/components/ProgressBar.tsx";

test("stage and plugin are told, in sight and to a screen reader", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 68, stage: "decoding", plugin: "people" }));

  await expect.element(screen.getByText("people")).toBeVisible();
  await expect.element(screen.getByText("decoding")).toBeVisible();
  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuetext", "68 %, people, decoding");
});

test("without stage and plugin it says the number alone", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 5 }));

  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuetext", "5 %");
});

test.for([
  { progress: -20, shown: "0" },
  { progress: 140, shown: "100" },
  { progress: Number.NaN, shown: "0" },
  { progress: 33.4, shown: "33" },
])("$progress is shown as $shown", async ({ progress, shown }) => {
  const screen = await render(createElement(ProgressBar, { progress }));

  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", shown);
  await expect.element(screen.getByText(`${shown} %`)).toBeVisible();
});

test.for([0, 25, 100])("at %i %% just as much of the track is filled", async (progress) => {
  const screen = await render(createElement(ProgressBar, { progress }));

  const track = screen.getByRole("progressbar").element();
  const fill = track.querySelector(".progress-bar__fill");
  const filled = (fill?.getBoundingClientRect().width ?? -1) / track.getBoundingClientRect().width;
  expect(filled).toBeCloseTo(progress / 100, 2);
});

test("it carries the id that it is given, and none of its own", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 1, id: "progress-bar" }));

  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("id", "progress-bar");

  await screen.rerender(createElement(ProgressBar, { progress: 1 }));
  await expect.element(screen.getByRole("progressbar")).not.toHaveAttribute("id");
});
