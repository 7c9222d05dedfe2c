import { useLayoutEffect } from "react";

import { density, theme, usePreference } from "../preferences.ts";

/** Put the chosen theme and density on the page. */
export function useLook(): void {
  const [chosenTheme] = usePreference(theme);
  const [chosenDensity] = usePreference(density);
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    if (chosenTheme === "system") delete dataset.theme;
    else dataset.theme = chosenTheme;
    dataset.density = chosenDensity;
  }, [chosenTheme, chosenDensity]);
}
