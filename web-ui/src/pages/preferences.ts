/** What a person chose once and finds again: kept in the browser, the same in every tab. */
import { useSyncExternalStore } from "react";

export interface Preference<T extends string> {
  get: () => T;
  set: (value: T) => void;
  subscribe: (listener: () => void) => () => void;
}

/** A choice among `values`, kept under `key`; what is stored there by anybody else counts as `otherwise`. */
function preference<const T extends string>(key: string, values: readonly T[], otherwise: NoInfer<T>): Preference<T> {
  return kept<T>(key, (stored) => values.find((value) => value === stored) ?? otherwise);
}

/** What is kept under `key`, as `read` understands it. */
function kept<T extends string>(key: string, read: (stored: string | null) => T): Preference<T> {
  const listeners = new Set<() => void>();
  /** Where the browser stores nothing, the choice holds until the page is left. */
  let unstored: T | null = null;

  function onStorage(event: StorageEvent): void {
    if (event.key === key || event.key === null) for (const listener of listeners) listener();
  }

  return {
    get() {
      if (unstored !== null) return unstored;
      try {
        return read(localStorage.getItem(key));
      } catch {
        return read(null);
      }
    },
    set(value) {
      try {
        localStorage.setItem(key, value);
        unstored = null;
      } catch {
        unstored = value;
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      if (listeners.size === 0) addEventListener("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) removeEventListener("storage", onStorage);
      };
    },
  };
}

export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["comfortable", "compact"] as const;
const DEVICES = ["cpu", "gpu", "auto"] as const;
const SORTS = ["-created_at", "created_at"] as const;
const SWITCH = ["on", "off"] as const;

export const theme = preference("transom_theme", THEMES, "system");
export const density = preference("transom_density", DENSITIES, "comfortable");
/** The key is that of the predecessor's pages: whoever chose there finds it here. */
export const device = preference("forgesyte_device_preference", DEVICES, "cpu");
/** Any name: which plugins there are is the server's matter. */
export const plugin = kept("transom_plugin", (stored) => stored ?? "");
export const jobsSort = preference("transom_jobs_sort", SORTS, "-created_at");

/** Whether the end of what was watched here is told outside of the page. */
export const notify = preference("transom_notify", SWITCH, "off");

/** Columns of the list of jobs that may be left out. */
export const COLUMNS = ["plugin", "device", "created", "took"] as const;
export type Column = (typeof COLUMNS)[number];
export const columnShown: Readonly<Record<Column, Preference<"on" | "off">>> = {
  plugin: preference("transom_jobs_column_plugin", SWITCH, "on"),
  device: preference("transom_jobs_column_device", SWITCH, "on"),
  created: preference("transom_jobs_column_created", SWITCH, "on"),
  took: preference("transom_jobs_column_took", SWITCH, "on"),
};

/** A choice, and how to change it. */
export function usePreference<T extends string>(choice: Preference<T>): [T, (value: T) => void] {
  return [useSyncExternalStore(choice.subscribe, choice.get), choice.set];
}
