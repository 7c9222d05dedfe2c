/** The overlay's stories are there, and each shows what its name promises. */
import { createElement, type ReactNode } from "react";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { render } from "vitest-browser-react";

import * as stories from "../../src/stories/RealtimeOverlay.stories.tsx";
import "../../src/styles/base.css";
import "../../src/styles/tokens.css";

type Story = keyof Omit<typeof stories, "default">;

/** As Storybook puts it together: a story's own arguments over those of all. */
async function tell(name: Story) {
  await page.viewport(1280, 900);
  const { default: meta } = stories;
  const { args } = stories[name];
  const Overlay = (): ReactNode => meta.render({ ...meta.args, ...args });
  return render(createElement(Overlay));
}

test.for([
  ["Default", "50"],
  ["LoadingAt0", "0"],
  ["InProgressAt50", "50"],
  ["CompleteAt100", "100"],
] as const)("%s stands at %s %%", async ([name, percent]) => {
  const screen = await tell(name);

  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", percent);
});

test("the one at 0 waits for its first frame, the one at 50 shows one", async () => {
  const waiting = await tell("LoadingAt0");
  await expect.element(waiting.getByText("The first frame is being worked on")).toBeVisible();
  await waiting.unmount();

  const working = await tell("InProgressAt50");
  await expect.element(working.getByRole("img", { name: /^Frame 205 / })).toBeVisible();
});

test("the complete one can be played and has no live edge", async () => {
  const screen = await tell("CompleteAt100");

  await expect.element(screen.getByRole("button", { name: "Play" })).toBeEnabled();
  expect(screen.getByRole("button", { name: "Live" }).query()).toBeNull();
});

test("the one with warnings counts them, the one with errors says what is safe", async () => {
  const warned = await tell("WithWarnings");
  await expect.element(warned.getByRole("tab", { name: "Warnings (3)" })).toBeVisible();
  await warned.unmount();

  const failed = await tell("WithErrors");
  await expect.element(failed.getByRole("alert")).toHaveTextContent(/is kept/);
});

test("the dark one is dark", () => {
  expect(stories.DarkMode.globals).toEqual({ theme: "dark" });
});

test.for([
  ["Connecting", "Connecting…"],
  ["LiveOverServerSentEvents", "refuses WebSockets"],
  ["LiveOverServerSentEventsMute", "lets nothing through WebSockets"],
  ["Reconnecting", "Trying again in 4 s"],
  ["TryingAgain", "Trying again now"],
  ["Offline", "Offline"],
  ["GaveUp", "Gave up for now"],
  ["NotAllowed", "may not read this job"],
] as const)("%s tells of its connection: %s", async ([name, words]) => {
  const screen = await tell(name);

  const line = () => screen.container.querySelector(".connection-line")?.textContent;
  await expect.poll(line).toContain(words);
});
