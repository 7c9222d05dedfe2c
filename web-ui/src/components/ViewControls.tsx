import { memo, type ReactElement } from "react";

import { Button } from "./Button.tsx";
import type { Layers } from "./frame/detections.ts";
import { MAX_ZOOM, ZOOM_STEP } from "./frame/viewport.ts";
import { IconButton } from "./IconButton.tsx";
import { KeyboardIcon, LiveIcon, MinusIcon, PauseIcon, PlayIcon, PlusIcon, StepBackIcon, StepForwardIcon } from "./icons.tsx";
import type { Player } from "./player.ts";
import { SPEEDS } from "./speeds.ts";
import { clock } from "./times.ts";
import { MAX_FPS, MIN_FPS, type ViewSettings } from "./view_settings.ts";
import "./ViewControls.css";

export interface ViewControlsProps {
  player: Player;
  settings: ViewSettings;
  /** How fast recorded frames play, in times of the input's own speed. */
  speed: number;
  onSpeed: (speed: number) => void;
  /** Layers that the result has. */
  has: Layers;
  /** Whether there is a live edge to return to. */
  canGoLive: boolean;
  /** Whether news come in: without them nothing is live. */
  connected: boolean;
  /** The frame that is shown; null before the first. */
  frameIndex: number | null;
  timeMs: number;
  /** How long the input is, where that is known. */
  durationMs: number | null;
  /** How near the picture is; 1 shows all of it. */
  zoom: number;
  onZoom: (factor: number) => void;
  onShowAll: () => void;
  /** Null where the table of keys is shown by something else. */
  onShowKeys: (() => void) | null;
}

const LAYERS = ["boxes", "labels", "tracks"] as const;

/** What one does with frames: play, step, return to live, come nearer, and choose what is drawn. */
export const ViewControls = memo(function ViewControls(props: ViewControlsProps): ReactElement {
  const { player, settings, speed, onSpeed, has, canGoLive, connected, frameIndex, timeMs, durationMs, zoom } = props;
  const { onZoom, onShowAll, onShowKeys } = props;
  const { layers, setLayer, minConfidence, setMinConfidence, fps, setFps } = settings;
  return (
    <div className="view-controls" role="group" aria-label="Playback and view">
      <div className="view-controls__where">
        <div className="view-controls__group view-controls__transport">
          <IconButton
            label={player.moving ? "Pause" : "Play"}
            shortcut="Space"
            icon={player.moving ? <PauseIcon /> : <PlayIcon />}
            disabled={!player.canMove}
            onClick={player.toggle}
          />
          <IconButton
            label="Step back"
            shortcut="ArrowLeft"
            icon={<StepBackIcon />}
            disabled={!player.canMove || player.index <= 0}
            onClick={() => player.step(-1)}
          />
          <IconButton
            label="Step forward"
            shortcut="ArrowRight"
            icon={<StepForwardIcon />}
            disabled={!player.canMove || player.index >= player.last}
            onClick={() => player.step(1)}
          />
          {canGoLive && (
            <Button
              look="quiet"
              className="view-controls__live"
              data-stale={!connected || undefined}
              aria-pressed={player.live}
              aria-keyshortcuts="L"
              title={player.live ? "The newest frame is shown" : "Back to the newest frame (L)"}
              onClick={player.goLive}
            >
              <LiveIcon />
              {!connected ? "Newest known" : player.live ? "Live" : "Back to live"}
            </Button>
          )}
        </div>
        <p className="view-controls__time">
          {frameIndex !== null && <span className="view-controls__frame">{`frame ${frameIndex.toLocaleString("en")}`}</span>}{" "}
          <span>{clock(timeMs)}</span>
          {durationMs !== null && <span className="view-controls__duration">{` / ${clock(durationMs)}`}</span>}
        </p>
      </div>
      <div className="view-controls__group view-controls__zoom" role="group" aria-label="Zoom">
        <IconButton
          label="Farther"
          shortcut="-"
          icon={<MinusIcon />}
          disabled={zoom <= 1}
          onClick={() => onZoom(1 / ZOOM_STEP)}
        />
        <Button
          look="quiet"
          className="view-controls__all"
          aria-label={zoom <= 1 ? "Fit the picture" : `${zoom.toFixed(1)} ×: fit the picture`}
          aria-keyshortcuts="0"
          title="Fit the picture (0)"
          disabled={zoom <= 1}
          onClick={onShowAll}
        >
          {zoom <= 1 ? "Fit" : `${zoom.toFixed(1)} ×`}
        </Button>
        <IconButton
          label="Nearer"
          shortcut="+"
          icon={<PlusIcon />}
          disabled={zoom >= MAX_ZOOM || frameIndex === null}
          onClick={() => onZoom(ZOOM_STEP)}
        />
      </div>
      <div className="view-controls__group view-controls__layers">
        {LAYERS.filter((layer) => has[layer]).map((layer) => (
          <label key={layer} className="view-controls__toggle">
            <input
              id={`toggle-${layer}`}
              type="checkbox"
              checked={layers[layer]}
              onChange={(event) => setLayer(layer, event.target.checked)}
            />
            {layer}
          </label>
        ))}
      </div>
      <div className="view-controls__group view-controls__sliders">
        <label className="view-controls__slider" title="Detections that are less sure than this are hidden">
          <span aria-hidden="true">{`Confidence ≥ ${minConfidence.toFixed(2)}`}</span>
          <input
            id="confidence-slider"
            type="range"
            aria-label="Least confidence"
            min="0"
            max="1"
            step="0.01"
            value={minConfidence}
            onChange={(event) => setMinConfidence(event.target.valueAsNumber)}
          />
        </label>
        {player.live ? (
          <label className="view-controls__slider" title="The most frames that are drawn in a second">
            <span aria-hidden="true">{`Draw at most ${fps} fps`}</span>
            <input
              id="fps-slider"
              type="range"
              aria-label="Frames a second"
              min={MIN_FPS}
              max={MAX_FPS}
              step="1"
              value={fps}
              onChange={(event) => setFps(event.target.valueAsNumber)}
            />
          </label>
        ) : (
          <label className="view-controls__speed" title="How fast recorded frames play (< and >)">
            <span>Speed</span>
            <select
              id="speed-selector"
              aria-keyshortcuts="< >"
              value={speed}
              onChange={(event) => onSpeed(Number(event.target.value))}
            >
              {SPEEDS.map((one) => (
                <option key={one} value={one}>{`${one}×`}</option>
              ))}
            </select>
          </label>
        )}
        {onShowKeys !== null && (
          <IconButton label="Show all keys" shortcut="?" icon={<KeyboardIcon />} className="view-controls__keys" onClick={onShowKeys} />
        )}
      </div>
    </div>
  );
});
