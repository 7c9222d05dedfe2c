/** Where the input lies on the screen: fitted, zoomed, panned, never distorted. No DOM. */
import type { Size } from "../recording.ts";

/** `zoom` 1 shows all of it; `x`, `y` move its middle, in CSS pixels. */
export interface View {
  zoom: number;
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A pixel (px, py) of the input is at (x + px × scale, y + py × scale). */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

export const FITTED: View = { zoom: 1, x: 0, y: 0 };
export const MAX_ZOOM = 32;
/** One step nearer, by a key or a button. */
export const ZOOM_STEP = 1.25;

/** Where the input goes. Its corner lies on a whole pixel of the device, so that its pixels do too at 100 %. */
export function place(room: Size, input: Size, view: View, pixelRatio: number): Placement {
  const scale = fittingScale(room, input) * view.zoom;
  const whole = (value: number): number => Math.round(value * pixelRatio) / pixelRatio;
  return {
    scale,
    x: whole((room.width - input.width * scale) / 2 + view.x),
    y: whole((room.height - input.height * scale) / 2 + view.y),
  };
}

/** The same view nearer or farther, with `at` staying where it is. */
export function zoomed(view: View, factor: number, at: Point, room: Size): View {
  const zoom = Math.min(MAX_ZOOM, Math.max(1, view.zoom * factor));
  if (zoom === 1) return FITTED;
  const grown = zoom / view.zoom;
  const [fromMiddleX, fromMiddleY] = [at.x - room.width / 2, at.y - room.height / 2];
  return { zoom, x: fromMiddleX - (fromMiddleX - view.x) * grown, y: fromMiddleY - (fromMiddleY - view.y) * grown };
}

/** The same view moved, so far that some of the picture stays in sight. */
export function panned(view: View, dx: number, dy: number, room: Size, input: Size): View {
  if (view.zoom === 1) return FITTED;
  const scale = fittingScale(room, input) * view.zoom;
  const within = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value));
  return {
    zoom: view.zoom,
    x: within(view.x + dx, Math.max(0, (input.width * scale - room.width) / 2)),
    y: within(view.y + dy, Math.max(0, (input.height * scale - room.height) / 2)),
  };
}

function fittingScale(room: Size, input: Size): number {
  if (input.width <= 0 || input.height <= 0) return 1;
  return Math.min(room.width / input.width, room.height / input.height);
}
