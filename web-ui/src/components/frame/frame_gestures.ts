/** Wheel, drag, pinch and pointing on the canvas of a view. */
import type { Detection } from "./detections.ts";
import type { Shown } from "./frame_stage.ts";
import { panned, zoomed, type Point, type View } from "./viewport.ts";

export interface GestureHandlers {
  stage: () => Shown;
  onView: (change: (view: View) => View) => void;
  /** The place of the detection under the pointer, or null. */
  onPoint: (place: number | null) => void;
}

/** One notch of a wheel, about. */
const WHEEL_STEP = 0.0016;

export class FrameGestures {
  readonly #canvas: HTMLCanvasElement;
  readonly #handlers: GestureHandlers;
  readonly #closing = new AbortController();
  readonly #pointers = new Map<number, Point>();
  #pointed: number | null = null;

  constructor(canvas: HTMLCanvasElement, handlers: GestureHandlers) {
    this.#canvas = canvas;
    this.#handlers = handlers;
    const { signal } = this.#closing;
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#move(event), { signal });
    for (const type of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(type, (event) => this.#pointers.delete(event.pointerId), { signal });
    }
    canvas.addEventListener("pointerleave", () => this.#point(null), { signal });
  }

  close(): void {
    this.#closing.abort();
  }

  #wheel(event: WheelEvent): void {
    const { room } = this.#handlers.stage();
    const at = { x: event.offsetX, y: event.offsetY };
    const factor = Math.exp(-event.deltaY * WHEEL_STEP * (event.ctrlKey ? 4 : 1));
    // All of it is in sight already: the page may scroll.
    if (factor < 1 && this.#canvas.closest("[data-zoomed]") === null && !event.ctrlKey) return;
    event.preventDefault();
    this.#handlers.onView((view) => zoomed(view, factor, at, room));
  }

  #down(event: PointerEvent): void {
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (event.pointerType !== "mouse") this.#point(this.#placeAt(event));
    // A pointer that is gone already, or one that a script made, can't be held.
    if (event.isTrusted) this.#canvas.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) {
      this.#point(this.#placeAt(event));
      return;
    }
    const now = { x: event.offsetX, y: event.offsetY };
    const { room, input } = this.#handlers.stage();
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other === undefined) {
      this.#handlers.onView((view) => panned(view, now.x - before.x, now.y - before.y, room, input));
      return;
    }
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#handlers.onView((view) => zoomed(view, factor, middle, room));
  }

  #point(place: number | null): void {
    if (place === this.#pointed) return;
    this.#pointed = place;
    this.#handlers.onPoint(place);
  }

  /** The smallest box under the pointer: the one that would be hardest to reach otherwise. */
  #placeAt(event: PointerEvent): number | null {
    const { content, placement } = this.#handlers.stage();
    const x = (event.offsetX - placement.x) / placement.scale;
    const y = (event.offsetY - placement.y) / placement.scale;
    const under = (content.frame?.detections ?? []).filter(
      ({ box }) => x >= box.x1 && x <= box.x2 && y >= box.y1 && y <= box.y2,
    );
    return under.sort((a, b) => area(a) - area(b))[0]?.place ?? null;
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function area({ box }: Detection): number {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}
