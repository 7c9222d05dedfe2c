import { type ReactElement, useEffect, useRef, useState } from "react";

import { describe } from "../../components/frame/detections.ts";
import { type Content, FrameStage, NOTHING } from "../../components/frame/frame_stage.ts";
import type { NewestFrames } from "./newest_frames.ts";

/** The newest frame of a job with its boxes: drawn while it is in sight, and only what there is time for. */
export function WallPicture({ jobId, frames, children }: { jobId: string; frames: NewestFrames; children: ReactElement }): ReactElement {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState<Content>(NOTHING);

  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null) return;
    const stage = new FrameStage(canvas, document.createElement("video"), {
      onShown: setShown,
      onPictureFailed: () => undefined,
      contentAt: () => null,
      onPlayed: () => undefined,
      onEnded: () => undefined,
    });
    let isInSight = false;
    const show = () => {
      if (isInSight) stage.show(frames.content(jobId));
    };
    const sight = new IntersectionObserver((entries) => {
      isInSight = entries.at(-1)?.isIntersecting ?? false;
      show();
    });
    const sizes = new ResizeObserver(() => {
      stage.resize({ width: canvas.clientWidth, height: canvas.clientHeight }, window.devicePixelRatio);
    });
    sight.observe(canvas);
    sizes.observe(canvas);
    const stop = frames.watch(jobId, show);
    return () => {
      stop();
      sight.disconnect();
      sizes.disconnect();
      stage.close();
    };
  }, [jobId, frames]);

  const { frame } = shown;
  return (
    <>
      <canvas
        ref={canvasRef}
        className="wall-tile__canvas"
        role="img"
        aria-label={frame === null ? "No frame yet" : `Frame ${frame.index}: ${describe(frame)}`}
      />
      {frame === null && children}
    </>
  );
}
