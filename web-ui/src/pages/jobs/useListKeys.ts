import type { RefObject } from "react";

import { useKeys } from "../keys.ts";

export interface ListKeys {
  table: RefObject<HTMLElement | null>;
  searchInput?: RefObject<HTMLInputElement | null>;
  onToggle?: (jobId: string) => void;
  onClear?: () => void;
}

/** J and K through the rows, and where there is such a thing X to select and / to search; Enter is the link's own. */
export function useListKeys({ table, searchInput, onToggle, onClear }: ListKeys): void {
  const links = (): HTMLAnchorElement[] => [...(table.current?.querySelectorAll<HTMLAnchorElement>("a[data-job]") ?? [])];
  /** The place of the row that has the focus anywhere in it; -1 where none has. */
  const place = (all: readonly HTMLAnchorElement[]): number => {
    const row = document.activeElement?.closest("tr, li");
    return row === null || row === undefined ? -1 : all.findIndex((link) => row.contains(link));
  };
  const go = (step: number) => () => {
    const all = links();
    const next = all[Math.min(all.length - 1, Math.max(0, place(all) + step))];
    next?.focus();
    next?.closest("tr, li")?.scrollIntoView({ block: "nearest" });
  };
  useKeys({
    j: go(1),
    k: go(-1),
    ...(onToggle && {
      x: () => {
        const all = links();
        const jobId = all[place(all)]?.dataset.job;
        if (jobId !== undefined) onToggle(jobId);
      },
    }),
    ...(searchInput && {
      "/": () => {
        searchInput.current?.focus();
        searchInput.current?.select();
      },
    }),
    ...(onClear && { Escape: onClear }),
  });
}
