/** The overlay puts the job together: progress, plugins, the frame, and the way out. */
import { expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";

import { beginning, frameMessage, progressMessage } from "../../src/stories/made/job.ts";
import { untilFrame, watch } from "./watched_overlay.ts";

test("progress, plugins and the newest frame are in one place", async () => {
  const overlay = await watch();

  overlay.say(...beginning(), frameMessage(7), progressMessage(40));

  const { screen } = overlay;
  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("id", "progress-bar");
  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40");
  await expect.poll(() => screen.container.querySelector("#plugin-inspector")?.textContent).toContain("motion");
  await untilFrame(overlay, 7);
});

test("while it is not visible there is nothing of it, and no key closes it", async () => {
  const onClose = vi.fn();
  const { screen } = await watch({ isVisible: false, onClose });

  await userEvent.keyboard("{Escape}");

  expect(screen.container.querySelector("main")?.childElementCount).toBe(0);
  expect(onClose).not.toHaveBeenCalled();
});

test("its button closes it, and so does Escape", async () => {
  const onClose = vi.fn();
  const { screen } = await watch({ onClose });

  await screen.getByRole("button", { name: "Close" }).click();
  expect(onClose).toHaveBeenCalledTimes(1);

  await userEvent.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledTimes(2);
});
