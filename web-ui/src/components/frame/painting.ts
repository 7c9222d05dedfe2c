/** One picture with what was found in it, painted at once: boxes are never seen over another frame's picture. */
import type { Size } from "../recording.ts";
import type { Detection, Layers, ShownFrame } from "./detections.ts";
import { colourOf, ON_COLOUR } from "./palette.ts";
import type { Trail } from "./trails.ts";
import type { Placement } from "./viewport.ts";

export interface Painting {
  /** The picture; null where there is none, and then boxes stand on an empty ground. */
  source: CanvasImageSource | null;
  input: Size;
  frame: ShownFrame | null;
  trails: readonly Trail[];
  layers: Layers;
  minConfidence: number;
  /** The place of the detection that is looked at. */
  highlighted: number | null;
  placement: Placement;
  room: Size;
  pixelRatio: number;
}

const GROUND = "#0b0e13";
const EMPTY = "#1a212b";
const HALO = "rgb(11 14 19 / 0.75)";
const LABEL_FAMILY = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
/** Pixels of a label's text, in a view of a desktop and of a phone. */
const [LABEL_PIXELS, SMALL_LABEL_PIXELS] = [12, 10];
const SMALL_VIEW = 520;
/** A narrower box has no room for its label. */
const LABEL_ROOM = 22;

export function paint(context: CanvasRenderingContext2D, painting: Painting): void {
  const { room, pixelRatio, placement, input, source } = painting;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = GROUND;
  context.fillRect(0, 0, room.width, room.height);
  const [width, height] = [input.width * placement.scale, input.height * placement.scale];
  if (source === null) {
    context.fillStyle = EMPTY;
    context.fillRect(placement.x, placement.y, width, height);
  } else {
    // From twice its size on, the pixels themselves are what someone wants to see.
    context.imageSmoothingEnabled = placement.scale * pixelRatio < 2;
    context.imageSmoothingQuality = "high";
    context.drawImage(source, placement.x, placement.y, width, height);
  }
  if (painting.frame === null) return;
  const shown = painting.frame.detections.filter(({ score }) => score >= painting.minConfidence);
  if (painting.layers.tracks) {
    const tracks = new Set(shown.map(({ track }) => track));
    for (const trail of painting.trails) if (tracks.has(trail.track)) paintTrail(context, trail, placement);
  }
  if (painting.layers.boxes) for (const one of shown) paintBox(context, one, painting);
  if (painting.layers.labels) paintLabels(context, shown, painting);
}

function paintTrail(context: CanvasRenderingContext2D, trail: Trail, { scale, x, y }: Placement): void {
  context.lineCap = "round";
  context.strokeStyle = colourOf(trail.label);
  context.lineWidth = 2.5;
  for (let at = 1; at < trail.points.length; at += 1) {
    const [from, to] = [trail.points[at - 1], trail.points[at]];
    if (from === undefined || to === undefined) continue;
    context.globalAlpha = (0.9 * at) / trail.points.length;
    context.beginPath();
    context.moveTo(x + from[0] * scale, y + from[1] * scale);
    context.lineTo(x + to[0] * scale, y + to[1] * scale);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function paintBox(context: CanvasRenderingContext2D, one: Detection, painting: Painting): void {
  const { scale, x, y } = painting.placement;
  const looked = one.place === painting.highlighted;
  const { box } = one;
  context.lineJoin = "miter";
  context.beginPath();
  if (one.polygon !== null && one.polygon.length > 2) {
    one.polygon.forEach(([px, py], at) => {
      if (at === 0) context.moveTo(x + px * scale, y + py * scale);
      else context.lineTo(x + px * scale, y + py * scale);
    });
    context.closePath();
  } else {
    const crisp = (value: number): number => Math.round(value * painting.pixelRatio) / painting.pixelRatio;
    const [left, top] = [crisp(x + box.x1 * scale), crisp(y + box.y1 * scale)];
    context.rect(left, top, crisp(x + box.x2 * scale) - left, crisp(y + box.y2 * scale) - top);
  }
  if (looked) {
    context.globalAlpha = 0.22;
    context.fillStyle = colourOf(one.label);
    context.fill();
    context.globalAlpha = 1;
  }
  context.strokeStyle = HALO;
  context.lineWidth = looked ? 6 : 4;
  context.stroke();
  context.strokeStyle = colourOf(one.label);
  context.lineWidth = looked ? 3 : 2;
  context.stroke();
}

interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The surest first; one that would cover another, or whose box is too small, waits for the pointer. */
function paintLabels(context: CanvasRenderingContext2D, shown: readonly Detection[], painting: Painting): void {
  const { scale, x, y } = painting.placement;
  const taken: Area[] = [];
  const rank = (one: Detection): number => (one.place === painting.highlighted ? 2 : one.score);
  const pixels = painting.room.width < SMALL_VIEW ? SMALL_LABEL_PIXELS : LABEL_PIXELS;
  const tall = pixels + 5;
  context.font = `600 ${pixels}px ${LABEL_FAMILY}`;
  context.textBaseline = "middle";
  for (const one of [...shown].sort((a, b) => rank(b) - rank(a))) {
    const looked = one.place === painting.highlighted;
    const boxWidth = (one.box.x2 - one.box.x1) * scale;
    if (boxWidth < LABEL_ROOM && !looked) continue;
    const text = labelText(one);
    const width = Math.ceil(context.measureText(text).width) + 10;
    const left = Math.round(Math.max(0, Math.min(x + one.box.x1 * scale - 1, painting.room.width - width)));
    const above = y + one.box.y1 * scale - tall - 1;
    const top = Math.round(above >= 0 ? above : Math.max(0, y + one.box.y1 * scale + 2));
    const area: Area = { left, top, right: left + width, bottom: top + tall };
    if (!looked && taken.some((other) => overlap(area, other))) continue;
    taken.push(area);
    context.fillStyle = colourOf(one.label);
    context.fillRect(left, top, width, tall);
    context.fillStyle = ON_COLOUR;
    context.fillText(text, left + 5, top + tall / 2 + 0.5);
  }
}

/** `person 0.91`, `person #4 0.91`. */
function labelText(one: Detection): string {
  const name = one.text ?? one.label;
  return [name.length > 32 ? `${name.slice(0, 31)}…` : name, one.track === null ? "" : `#${one.track}`, one.score.toFixed(2)]
    .filter(Boolean)
    .join(" ");
}

function overlap(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
