/** How frames are looked at, and what of that is remembered. */
import { useCallback, useState } from "react";

import type { Layers } from "./frame/detections.ts";

const FPS_KEY = "forgesyte_fps_target";
export const [MIN_FPS, MAX_FPS] = [1, 120];
const DEFAULT_FPS = 30;

export interface ViewSettings {
  layers: Layers;
  setLayer: (layer: keyof Layers, shown: boolean) => void;
  minConfidence: number;
  setMinConfidence: (value: number) => void;
  /** The most live frames that are drawn in a second. */
  fps: number;
  setFps: (value: number) => void;
}

export function useViewSettings(): ViewSettings {
  const [layers, setLayers] = useState<Layers>({ boxes: true, labels: true, tracks: true });
  const [minConfidence, setMinConfidence] = useState(0);
  const [fps, setFpsState] = useState(rememberedFps);
  const setLayer = useCallback(
    (layer: keyof Layers, shown: boolean) => setLayers((before) => ({ ...before, [layer]: shown })),
    [],
  );
  const setFps = useCallback((value: number) => {
    setFpsState(value);
    remember(value);
  }, []);
  return { layers, setLayer, minConfidence, setMinConfidence, fps, setFps };
}

function rememberedFps(): number {
  try {
    const value = Number(localStorage.getItem(FPS_KEY) ?? DEFAULT_FPS);
    return Number.isInteger(value) && value >= MIN_FPS && value <= MAX_FPS ? value : DEFAULT_FPS;
  } catch {
    // Storage that the browser refuses: nothing is remembered, all else works.
    return DEFAULT_FPS;
  }
}

function remember(fps: number): void {
  try {
    localStorage.setItem(FPS_KEY, String(fps));
  } catch {
    // As above.
  }
}
