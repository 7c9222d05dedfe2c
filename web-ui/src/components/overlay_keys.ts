import { useEffect, useEffectEvent } from "react";

import { ZOOM_STEP } from "./frame/viewport.ts";

export interface OverlayKeys {
  toggle: () => void;
  step: (by: number) => void;
  /** Play faster (1) or slower (-1). */
  faster: (by: number) => void;
  first: () => void;
  last: () => void;
  live: () => void;
  zoom: (factor: number) => void;
  showAll: () => void;
  /** Null where `?` is somebody else's. */
  help: (() => void) | null;
  close: () => void;
}

/** Where keys mean something of their own. */
const OWN_KEYS = 'input, textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"]';
const PRESSED_BY_SPACE = 'button, summary, a, [role="tab"]';

/** The keys of the overlay, wherever the focus is, but where a control has its own use for them. */
export function useOverlayKeys(active: boolean, keys: OverlayKeys): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const done = event.key === "Escape" ? keys.close : actionOf(event.key, target, keys);
    if (done === null) return;
    event.preventDefault();
    done();
  });
  useEffect(() => {
    if (!active) return;
    const listen = (event: KeyboardEvent): void => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [active]);
}

function actionOf(key: string, target: Element | null, keys: OverlayKeys): (() => void) | null {
  if (target !== null && target.closest(OWN_KEYS) !== null) return null;
  switch (key) {
    case " ":
      return target?.closest(PRESSED_BY_SPACE) ? null : keys.toggle;
    case "ArrowLeft":
    case "ArrowRight":
      return target?.closest('[role="tab"]') ? null : () => keys.step(key === "ArrowLeft" ? -1 : 1);
    case "<":
    case ">":
      return () => keys.faster(key === ">" ? 1 : -1);
    case "Home":
      return target?.closest('[role="tab"]') ? null : keys.first;
    case "End":
      return target?.closest('[role="tab"]') ? null : keys.last;
    case "l":
    case "L":
      return keys.live;
    case "+":
    case "=":
      return () => keys.zoom(ZOOM_STEP);
    case "-":
      return () => keys.zoom(1 / ZOOM_STEP);
    case "0":
      return keys.showAll;
    case "?":
      return keys.help;
    default:
      return null;
  }
}
