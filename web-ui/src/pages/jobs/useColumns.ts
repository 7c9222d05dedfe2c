import { type Column, columnShown, usePreference } from "../preferences.ts";

/** Which of the columns that may be left out are shown. */
export function useColumns(): Readonly<Record<Column, boolean>> {
  const [plugin] = usePreference(columnShown.plugin);
  const [device] = usePreference(columnShown.device);
  const [created] = usePreference(columnShown.created);
  const [took] = usePreference(columnShown.took);
  return { plugin: plugin === "on", device: device === "on", created: created === "on", took: took === "on" };
}
