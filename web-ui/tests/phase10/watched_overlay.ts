/** The overlay over a store of its own, in a window of a desktop's size, and what can be read off its canvas. */
import { createElement } from "react";
import { expect } from "vitest";
import { page } from "vitest/browser";
import { render, type RenderResult } from "vitest-browser-react";

import { RealtimeOverlay, type RealtimeOverlayProps } from "../../src/components/RealtimeOverlay.tsx";
import { initialState } from "../../src/realtime/initial_state.ts";
import type { FrameData, FramePayload, RealtimeMessage } from "../../src/realtime/messages.ts";
import { RealtimeContext } from "../../src/realtime/RealtimeContext.tsx";
import { reduce } from "../../src/realtime/reducer.ts";
import type { ConnectionInfo } from "../../src/realtime/state.ts";
import { createStore } from "../../src/realtime/store.ts";
import { JOB_ID, LIVE, message } from "../../src/stories/made/job.ts";
import "../../src/styles/base.css";
import "../../src/styles/tokens.css";

export interface WatchedOverlay {
  screen: RenderResult;
  /** Have the server say these. */
  say: (...messages: readonly RealtimeMessage[]) => void;
  connect: (connection: Partial<ConnectionInfo>) => void;
  canvas: () => HTMLCanvasElement;
}

/** Watch the made job. */
export async function watch(
  props: Partial<RealtimeOverlayProps> = {},
  { reconnect = () => undefined }: { reconnect?: () => void } = {},
): Promise<WatchedOverlay> {
  await page.viewport(1280, 900);
  const state = reduce(initialState, { type: "WATCH", jobId: JOB_ID });
  const store = createStore({ state, reconnect });
  store.dispatch({ type: "CONNECTION", connection: LIVE });
  const overlay = createElement(RealtimeOverlay, { isVisible: true, onClose: () => undefined, ...props });
  const screen = await render(
    createElement(
      RealtimeContext,
      { value: store },
      createElement("main", { style: { display: "flex", height: "100dvh" } }, overlay),
    ),
  );
  return {
    screen,
    say: (...messages) => store.dispatch({ type: "MESSAGES", messages, now: Date.now() }),
    connect: (connection) => store.dispatch({ type: "CONNECTION", connection: { ...LIVE, ...connection } }),
    canvas() {
      const canvas = screen.container.querySelector<HTMLCanvasElement>(".frame-view__canvas");
      if (canvas === null) throw new Error("There is no canvas");
      return canvas;
    },
  };
}

/** Wait until the canvas shows this frame. */
export async function untilFrame({ screen }: WatchedOverlay, index: number): Promise<void> {
  const shown = () => screen.container.querySelector(".frame-view")?.getAttribute("data-frame");
  await expect.poll(shown).toBe(String(index));
}

const PLAIN = { width: 400, height: 200 };

/** A picture of one colour. */
function plainPicture(colour: string): string {
  // As SVG it has a size and edges that no compression blurs.
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${PLAIN.width}" height="${PLAIN.height}"><rect width="100%" height="100%" fill="${colour}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** A frame with one box and a picture of one colour. */
export function plainFrame(
  index: number,
  colour: string,
  data: Partial<FrameData> = {},
  more: Partial<FramePayload> = {},
): RealtimeMessage {
  return message("frame", {
    frame_id: `${JOB_ID}:${index}`,
    frame_index: index,
    plugin: "motion",
    tool: "moving_regions",
    data: {
      frame_index: index,
      timestamp_ms: index * 100,
      boxes: [{ x1: 100, y1: 50, x2: 300, y2: 150 }],
      scores: [0.9],
      labels: ["moving"],
      ...data,
    },
    device_used: "cpu",
    timing_ms: 5,
    image_url: plainPicture(colour),
    ...more,
  });
}

/** The colour at a pixel of the input, as `#rrggbb`. */
export function colourAt({ canvas }: WatchedOverlay, x: number, y: number): string {
  const surface = canvas();
  const ratio = window.devicePixelRatio;
  const scale = Math.min(surface.clientWidth / PLAIN.width, surface.clientHeight / PLAIN.height);
  const left = (surface.clientWidth - PLAIN.width * scale) / 2;
  const top = (surface.clientHeight - PLAIN.height * scale) / 2;
  const pixels = surface.getContext("2d")?.getImageData(Math.round((left + x * scale) * ratio), Math.round((top + y * scale) * ratio), 1, 1);
  return `#${[...(pixels?.data.slice(0, 3) ?? [])].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
