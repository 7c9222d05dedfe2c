import { useEffect, useEffectEvent, useRef, useState, type ReactElement, type ReactNode } from "react";

import { DetectionDetails } from "./DetectionDetails.tsx";
import { describe, type Layers } from "./frame/detections.ts";
import { FrameStage, type Content } from "./frame/frame_stage.ts";
import { FrameGestures } from "./frame/frame_gestures.ts";
import type { View } from "./frame/viewport.ts";
import "./FrameView.css";
import { clock } from "./times.ts";

/** How a video plays; the view says what is on the screen, or that nothing is known of that moment. */
export interface Playback {
  /** Times as fast as it was filmed. */
  rate: number;
  onPlayed: (content: Content | null) => void;
  onEnded: () => void;
}

export interface FrameViewProps {
  content: Content;
  layers: Layers;
  minConfidence: number;
  /** The place of the detection that is looked at, here or elsewhere. */
  highlighted: number | null;
  onHighlight: (place: number | null) => void;
  view: View;
  onViewChange: (change: (view: View) => View) => void;
  /** Another frame or picture is on the screen. */
  onShown: (content: Content) => void;
  /** What belongs to a moment of the input's video; null where that is not known. */
  contentAt?: ((timeMs: number) => Content | null) | undefined;
  /** A picture, or the video, could not be shown. */
  onPictureFailed?: ((url: string) => void) | undefined;
  /** The newest frame is shown as it comes: that the next one is on its way goes without saying. */
  live: boolean;
  /** Where the picture is a video that plays. */
  playback?: Playback | undefined;
  /** In place of the picture, while there is nothing to see. */
  children?: ReactNode;
}

/** The picture of a frame with what was found in it. Zoom and pan by wheel, pinch and dragging. */
export function FrameView(props: FrameViewProps): ReactElement {
  const { content, layers, minConfidence, highlighted, view, live, playback, children } = props;
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const videoRef = useRef<HTMLVideoElement>(null);
  const stageRef = useRef<FrameStage>(null);
  const [shown, setShown] = useState<Content | null>(null);
  const [failedUrl, setFailedUrl] = useState<string | null>(null);

  const onHighlight = useEffectEvent(props.onHighlight);
  const onViewChange = useEffectEvent(props.onViewChange);
  const onPlayed = useEffectEvent((now: Content | null) => playback?.onPlayed(now));
  const onPictureFailed = useEffectEvent((failed: string) => {
    setFailedUrl(failed);
    props.onPictureFailed?.(failed);
  });
  const onShown = useEffectEvent((now: Content) => {
    setShown(now);
    props.onShown(now);
  });
  const onEnded = useEffectEvent(() => playback?.onEnded());
  const contentAt = useEffectEvent((timeMs: number): Content | null => props.contentAt?.(timeMs) ?? null);

  useEffect(() => {
    const [canvas, video] = [canvasRef.current, videoRef.current];
    if (canvas === null || video === null) return;
    const stage = new FrameStage(canvas, video, {
      onShown: (now) => onShown(now),
      onPictureFailed: (failed) => onPictureFailed(failed),
      contentAt: (timeMs) => contentAt(timeMs),
      onPlayed: (now) => onPlayed(now),
      onEnded: () => onEnded(),
    });
    const gestures = new FrameGestures(canvas, {
      stage: () => stage.shown(),
      onView: (change) => onViewChange(change),
      onPoint: (place) => onHighlight(place),
    });
    const sizes = new ResizeObserver(() => {
      stage.resize({ width: canvas.clientWidth, height: canvas.clientHeight }, window.devicePixelRatio);
    });
    sizes.observe(canvas);
    stageRef.current = stage;
    return () => {
      sizes.disconnect();
      gestures.close();
      stage.close();
      stageRef.current = null;
    };
  }, []);

  useEffect(() => stageRef.current?.look({ layers, minConfidence, highlighted, view }), [layers, minConfidence, highlighted, view]);
  useEffect(() => stageRef.current?.show(content), [content]);

  const url = content.picture?.kind === "video" ? content.picture.url : null;
  const rate = playback?.rate ?? null;
  useEffect(() => {
    if (url === null || rate === null) return;
    stageRef.current?.play(url, rate);
  }, [url, rate]);
  const playing = url !== null && rate !== null;
  useEffect(() => {
    const stage = stageRef.current;
    return playing ? () => stage?.pause() : undefined;
  }, [playing]);

  const frame = shown?.frame ?? null;
  const notice = shown === null ? null : noticeOf(shown, failedUrl);
  const waitsFor = content.frame !== null && content.frame.index !== frame?.index ? content.frame.index : null;
  const looked = content.frame?.detections.find(({ place }) => place === highlighted) ?? null;
  return (
    <figure className="frame-view" data-frame={frame?.index} data-zoomed={view.zoom > 1 ? "" : undefined}>
      <video ref={videoRef} className="frame-view__video" muted playsInline preload="auto" tabIndex={-1} aria-hidden="true" />
      <canvas
        ref={canvasRef}
        className="frame-view__canvas"
        role="img"
        aria-label={
          frame === null || frame.index < 0 ? "No frame yet" : `Frame ${frame.index} at ${clock(frame.timestampMs)}: ${describe(frame)}`
        }
      />
      {children !== undefined && <div className="frame-view__instead">{children}</div>}
      <div className="frame-view__notes">
        {notice !== null && <p className="frame-view__note">{notice}</p>}
        {waitsFor !== null && !playing && !live && (
          <p className="frame-view__note frame-view__note--late">{`Loading frame ${waitsFor}…`}</p>
        )}
      </div>
      {looked !== null && <DetectionDetails detection={looked} />}
    </figure>
  );
}

/** What must be said of a picture that is not quite that of its boxes. */
function noticeOf({ frame, picture }: Content, failedUrl: string | null): string | null {
  if (frame === null) return null;
  if (!frame.known) return frame.index < 0 ? "Reading what was found here…" : `Reading what was found in frame ${frame.index}…`;
  if (picture === null) {
    return failedUrl === null
      ? `No picture of frame ${frame.index} was kept: only its boxes are shown.`
      : `The picture of frame ${frame.index} could not be loaded: only its boxes are shown.`;
  }
  if (picture.kind === "preview" && picture.frameIndex !== frame.index) {
    return `The picture is frame ${picture.frameIndex}; the boxes are those of frame ${frame.index}.`;
  }
  return null;
}
