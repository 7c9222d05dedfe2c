/** Which frame is shown: the newest, one that someone went to, or one after another. */
import { useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";

export interface Player {
  /** The frame that is shown. */
  index: number;
  /** The last one that can be shown. */
  last: number;
  /** The newest frame is shown, whichever that is. */
  live: boolean;
  /** Someone went to the frame that is shown, or it was played to. */
  chosen: boolean;
  /** Recorded frames play. */
  playing: boolean;
  /** The picture changes by itself: live, or playing. */
  moving: boolean;
  /** There are frames to go to. */
  canMove: boolean;
  seek: (index: number) => void;
  step: (by: number) => void;
  toggle: () => void;
  goLive: () => void;
  /** The frame that a playing video has come to. */
  playedTo: (index: number) => void;
  /** It has played to its end. */
  finish: () => void;
}

export interface PlayerOptions {
  /** Frames that can be shown. */
  frameCount: number;
  /** The newest frame that is shown live; -1 before the first. */
  newest: number;
  /** Whether frames still come. */
  running: boolean;
  fps: number;
  /** Whether something else moves on from frame to frame while it plays. */
  driven: boolean;
  /** Whether a frame can be shown yet; asks for it where not. */
  ready: (index: number) => boolean;
}

export function usePlayer({ frameCount, newest, running, fps, driven, ready }: PlayerOptions): Player {
  const [place, setPlace] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const last = Math.max(0, frameCount - 1);
  const index = Math.min(last, place ?? Math.max(0, newest));
  const live = place === null && running;

  const seek = useCallback(
    (to: number) => {
      setPlaying(false);
      setPlace(Math.min(last, Math.max(0, to)));
    },
    [last],
  );
  const goLive = useCallback(() => {
    setPlaying(false);
    setPlace(null);
  }, []);
  const finish = useCallback(() => {
    setPlaying(false);
    setPlace(running ? null : last);
  }, [running, last]);
  const step = useCallback((by: number) => seek(index + by), [seek, index]);
  const toggle = useCallback(() => {
    if (live || playing) {
      seek(index);
      return;
    }
    setPlace(index >= last ? 0 : index);
    setPlaying(true);
  }, [live, playing, seek, index, last]);

  const advance = useEffectEvent(() => {
    if (index >= last) finish();
    else if (ready(index + 1)) setPlace(index + 1);
  });
  useEffect(() => {
    if (!playing || driven) return;
    const timer = setInterval(() => advance(), 1000 / fps);
    return () => clearInterval(timer);
  }, [playing, driven, fps]);

  const canMove = frameCount > 1;
  return useMemo(
    () => ({
      index,
      last,
      live,
      chosen: place !== null,
      playing,
      moving: playing || live,
      canMove,
      seek,
      step,
      toggle,
      goLive,
      playedTo: setPlace,
      finish,
    }),
    [index, last, live, place, playing, canMove, seek, step, toggle, goLive, finish],
  );
}
