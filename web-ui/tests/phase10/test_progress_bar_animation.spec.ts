/** A progress bar moves smoothly, by a transform alone, and jumps for those who asked for less motion. */
import { createElement } from "react";
import { afterEach, expect, test } from "vitest";
import { cdp } from "vitest/browser";
import { render } from "vitest-browser-react";

import { ProgressBar } from "../../src/components/ProgressBar.tsx";
import "../../src/styles/tokens.css";

const motion = async (value: "reduce" | "no-preference"): Promise<void> => {
  await cdp().send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-reduced-motion", value }] });
};

const fillOf = (bar: Element): Element => {
  const fill = bar.querySelector(".progress-bar__fill");
  if (fill === null) throw new Error("The bar has no fill");
  return fill;
};

afterEach(() => motion("no-preference"));

test("a change runs through the numbers between, by a transform", async () => {
  await motion("no-preference");
  const screen = await render(createElement(ProgressBar, { progress: 0 }));
  const bar = screen.getByRole("progressbar").element();
  const fill = fillOf(bar);

  await screen.rerender(createElement(ProgressBar, { progress: 100 }));

  const moving = fill.getAnimations();
  expect(moving.map((animation) => (animation as CSSTransition).transitionProperty)).toEqual(["transform"]);
  const [transition] = moving;
  transition?.pause();
  if (transition !== undefined) transition.currentTime = 60;
  const share = fill.getBoundingClientRect().width / bar.getBoundingClientRect().width;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(1);

  transition?.finish();
  expect(fill.getBoundingClientRect().width).toBeCloseTo(bar.getBoundingClientRect().width, 1);
});

test("with less motion asked for it stands at the new number at once", async () => {
  await motion("reduce");
  const screen = await render(createElement(ProgressBar, { progress: 0 }));
  const bar = screen.getByRole("progressbar").element();

  await screen.rerender(createElement(ProgressBar, { progress: 100 }));

  expect(fillOf(bar).getAnimations()).toEqual([]);
  expect(fillOf(bar).getBoundingClientRect().width).toBeCloseTo(bar.getBoundingClientRect().width, 1);
});

test("nothing moves while the number stands", async () => {
  await motion("no-preference");
  const screen = await render(createElement(ProgressBar, { progress: 50 }));

  expect(screen.getByRole("progressbar").element().getAnimations({ subtree: true })).toEqual([]);
});
