/** A progress bar follows the number. */
import { createElement } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { ProgressBar } from "../../src/components/ProgressBar.tsx";

test("a new number is shown", async () => {
  const screen = await render(createElement(ProgressBar, { progress: 10 }));

  await screen.rerender(createElement(ProgressBar, { progress: 90 }));

  await expect.element(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "90");
  await expect.element(screen.getByText("90 %")).toBeVisible();
});
