/** A made harbour: boats and a buoy, each where it is at a frame. Stands in for a video wherever no server is. */
import type { FrameData } from "../../realtime/messages.ts";

export const SCENE = { width: 960, height: 540, frames: 410, rate: 10 } as const;

/** The others come and go too fast to be followed. */
const TRACKED = ["ferry", "sailing boat", "rowing boat", "buoy"];

interface Thing {
  label: string;
  score: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

function things(index: number): readonly Thing[] {
  const sway = Math.sin(index / 9);
  const all: Thing[] = [
    { label: "ferry", score: 0.94, x: -220 + index * 3.2, y: 214, width: 220, height: 92 },
    { label: "sailing boat", score: 0.88, x: 840 - index * 1.9, y: 250 + sway * 4, width: 96, height: 150 },
    { label: "rowing boat", score: 0.61, x: 240 + sway * 40, y: 404, width: 118, height: 40 },
    { label: "buoy", score: 0.43, x: 646, y: 372 + sway * 6, width: 26, height: 44 },
  ];
  const gull: Thing = { label: "gull", score: 0.52, x: 0, y: 0, width: 26, height: 14 };
  for (let at = 0; at < Math.round(3 * Math.sin(index / 23) + Math.sin(index / 5)); at += 1) {
    all.push({ ...gull, score: 0.52 - at * 0.06, x: 380 + at * 74 + sway * 30, y: 120 + at * 18 - sway * 20 });
  }
  return all.filter(({ x, width, label }) => x + width > 24 && x < SCENE.width - 24 && !(label === "rowing boat" && index % 90 > 60));
}

/** What a tool finds in a frame. */
export function foundIn(index: number): FrameData {
  const found = things(index);
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value * 10) / 10));
  return {
    frame_index: index,
    timestamp_ms: index * (1000 / SCENE.rate),
    boxes: found.map(({ x, y, width, height }) => ({
      x1: within(x, SCENE.width),
      y1: within(y, SCENE.height),
      x2: within(x + width, SCENE.width),
      y2: within(y + height, SCENE.height),
    })),
    scores: found.map(({ score }) => score),
    labels: found.map(({ label }) => label),
    track_ids: found.map(({ label }) => TRACKED.indexOf(label) + 1 || null),
  };
}

const drawn = new Map<number, string>();

/** The address of the frame's picture. */
export function pictureOf(index: number): string {
  const before = drawn.get(index);
  if (before !== undefined) return before;
  const canvas = document.createElement("canvas");
  canvas.width = SCENE.width;
  canvas.height = SCENE.height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser draws on no canvas");
  draw(context, index);
  const url = canvas.toDataURL("image/jpeg", 0.85);
  drawn.set(index, url);
  return url;
}

function draw(context: CanvasRenderingContext2D, index: number): void {
  const fill = (colour: string, ...rect: [number, number, number, number]): void => {
    context.fillStyle = colour;
    context.fillRect(...rect);
  };
  const sky = context.createLinearGradient(0, 0, 0, 240);
  sky.addColorStop(0, "#6f8296");
  sky.addColorStop(1, "#c3c9c6");
  context.fillStyle = sky;
  context.fillRect(0, 0, SCENE.width, 240);
  const water = context.createLinearGradient(0, 240, 0, SCENE.height);
  water.addColorStop(0, "#5d7580");
  water.addColorStop(1, "#2b3d47");
  context.fillStyle = water;
  context.fillRect(0, 240, SCENE.width, 300);
  for (let at = 0; at < 9; at += 1) fill("#4d5a63", at * 120 - 20, 200 - ((at * 37) % 60), 84, 40 + ((at * 37) % 60));
  for (let at = 0; at < 60; at += 1) {
    fill("rgb(210 224 228 / 0.16)", (at * 173 + index * 2) % SCENE.width, 252 + ((at * 61) % 280), 26 + (at % 5) * 9, 2);
  }
  for (const thing of things(index)) drawThing(context, thing);
}

function drawThing(context: CanvasRenderingContext2D, { label, x, y, width, height }: Thing): void {
  const fill = (colour: string, ...rect: [number, number, number, number]): void => {
    context.fillStyle = colour;
    context.fillRect(...rect);
  };
  const hull = (colour: string, top: number): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x + width, top);
    context.lineTo(x + width * 0.88, y + height);
    context.lineTo(x + width * 0.1, y + height);
    context.fill();
  };
  switch (label) {
    case "ferry":
      fill("#e9ecea", x + width * 0.14, y + 20, width * 0.68, 38);
      fill("#39434b", x + width * 0.18, y + 30, width * 0.6, 9);
      fill("#8d3b30", x + width * 0.52, y, width * 0.09, 22);
      hull("#2e4a66", y + 56);
      break;
    case "sailing boat":
      context.fillStyle = "#eceae2";
      context.beginPath();
      context.moveTo(x + width * 0.5, y);
      context.lineTo(x + width * 0.95, y + height * 0.8);
      context.lineTo(x + width * 0.5, y + height * 0.8);
      context.fill();
      fill("#6b5844", x + width * 0.46, y, 4, height * 0.84);
      hull("#74513a", y + height * 0.84);
      break;
    case "rowing boat":
      fill("#30383d", x + width * 0.42, y, 16, 22);
      hull("#8a6b42", y + 20);
      break;
    case "gull":
      context.strokeStyle = "#f2f4f4";
      context.lineWidth = 3;
      context.beginPath();
      context.moveTo(x, y + 4);
      context.quadraticCurveTo(x + width / 4, y, x + width / 2, y + height - 2);
      context.quadraticCurveTo(x + (width * 3) / 4, y, x + width, y + 4);
      context.stroke();
      break;
    default:
      fill("#c0452f", x + 4, y + 12, width - 8, height - 12);
      fill("#e3e0d6", x + 4, y + 24, width - 8, 8);
      fill("#39434b", x + width / 2 - 2, y, 4, 14);
  }
}
