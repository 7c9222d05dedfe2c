/** What every page does when it is come to: its title, and where the focus goes. */
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";

import { setTitle } from "./notices/ended_mark.ts";

/** The title of the browser's tab while the page is shown; null where a part of the page has its own. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    if (title !== null) setTitle(`${title} – Transom`);
  }, [title]);
}

function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("main h1") ?? document.querySelector<HTMLElement>("main");
  if (heading === null) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** A page that is loaded when it is first come to: whoever came there from another page has the focus on its heading. */
export function useArrival(): void {
  useEffect(() => {
    if (document.activeElement !== null && document.activeElement !== document.body) focusHeading();
  }, []);
}

/**
 * After a way from one page to another the focus is on the new page's heading; at the first page it is left alone.
 * Where the page takes away what has the focus, as when a job is tried anew, the heading gets it as well.
 */
export function useFocusOnNavigation(): void {
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    focusHeading();
  }, [path]);

  useEffect(() => {
    let focused: Element | null = null;
    const onFocus = () => {
      focused = document.activeElement;
    };
    const observer = new MutationObserver(() => {
      if (focused === null || focused.isConnected || document.activeElement !== document.body) return;
      focused = null;
      focusHeading();
    });
    document.addEventListener("focusin", onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      observer.disconnect();
    };
  }, []);
}
