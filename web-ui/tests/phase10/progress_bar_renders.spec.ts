/** A progress bar says how far the work is, to the eye and to a screen reader. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { ProgressBar } from "../../src/components/ProgressBar.tsx";

test("it is a progress bar with its value", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 40 }));

  const bar = screen.getByRole("progressbar");
  await expect.element(bar).toHaveAttribute("aria-valuenow", "40");
  await expect.element(bar).toHaveAttribute("aria-valuemin", "0");
  await expect.element(bar).toHaveAttribute("aria-valuemax", "100");
  await expect.element(screen.getByText("40 %")).toBeVisible();
});
