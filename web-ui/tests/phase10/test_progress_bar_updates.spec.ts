/** A progress bar changes in place: what it says, how much it fills, and nothing around it. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { ProgressBar } from "../../src/components/ProgressBar.tsx";

test("the same element goes on, so that a screen reader is not told of a new one", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 10, plugin: "motion" }));
  const before = screen.getByRole("progressbar").element();

  await screen.rerender(createElement(ProgressBar, { progress: 11, plugin: "people", stage: "finishing" }));

  expect(screen.getByRole("progressbar").element()).toBe(before);
  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuetext", "11 %, people, finishing");
  expect(screen.getByText("motion").query()).toBeNull();
});

test("a number that goes back, as with a new attempt, is followed too", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 80 }));

  await screen.rerender(createElement(ProgressBar, { progress: 0 }));

  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "0");
  const track = screen.getByRole("progressbar").element();
  await expect
    .poll(() => track.querySelector(".progress-bar__fill")?.getBoundingClientRect().width)
    .toBe(0);
});

test("nothing around it moves, however many digits there are", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 1, plugin: "motion" }));
  const place = () => screen.getByText("motion").element().getBoundingClientRect().x;
  const height = () => screen.container.getBoundingClientRect().height;
  const [x, tall] = [place(), height()];

  await screen.rerender(createElement(ProgressBar, { progress: 100, plugin: "motion" }));

  expect(place()).toBe(x);
  expect(height()).toBe(tall);
});
