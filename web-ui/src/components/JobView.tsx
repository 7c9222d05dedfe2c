import { useCallback, useMemo, useRef, useState, type ReactElement, type ReactNode } from "react";

import type { JobProgress, RealtimeState, WarningEntry } from "../realtime/state.ts";
import { BeforeFrames } from "./BeforeFrames.tsx";
import { frameSource, USUAL_RATE } from "./frame/frame_source.ts";
import { type Content, NOTHING, sameContent } from "./frame/frame_stage.ts";
import { FITTED, zoomed, type View } from "./frame/viewport.ts";
import { FrameView } from "./FrameView.tsx";
import { KeyHelp } from "./KeyHelp.tsx";
import { Outcome } from "./Outcome.tsx";
import { OverlayHeader } from "./OverlayHeader.tsx";
import { useOverlayKeys } from "./overlay_keys.ts";
import { usePaced } from "./paced.ts";
import { usePlayer } from "./player.ts";
import { ProgressFacts } from "./ProgressFacts.tsx";
import "./RealtimeOverlay.css";
import { type Recording } from "./recording.ts";
import { useLoaded, useVersion } from "./recording_hooks.ts";
import { useBetween, useOnce, useSettled } from "./settled.ts";
import { SidePanel } from "./SidePanel.tsx";
import { timelineColumns } from "./timeline_columns.ts";
import { Timeline } from "./Timeline.tsx";
import { speedBeside } from "./speeds.ts";
import { ViewControls } from "./ViewControls.tsx";
import { useViewSettings } from "./view_settings.ts";

export interface JobViewProps {
  state: RealtimeState;
  title: ReactNode;
  onClose: () => void;
  recording?: Recording | undefined;
  actions?: ReactNode;
  closeLabel?: string | undefined;
  onRetry: () => void;
  onRunAgain?: (() => void) | undefined;
  isStarting?: boolean | undefined;
  keysAreTold?: boolean | undefined;
  now?: number | undefined;
}

/** Numbers beside the picture change so often a second: often enough to be true, seldom enough to be read. */
const CALM_PER_SECOND = 5;
/** So far ahead of what is shown, frames are read. */
const AHEAD_SECONDS = 4;
const [MIDDLE, ROOM] = [{ x: 0, y: 0 }, { width: 0, height: 0 }];

/** Everything about one attempt of a job, as it is now. */
export function JobView(props: JobViewProps): ReactElement {
  const { state, recording, onClose, onRunAgain, isStarting, keysAreTold = false, now } = props;
  const settings = useViewSettings();
  const [view, setView] = useState<View>(FITTED);
  const [highlighted, setHighlighted] = useState<number | null>(null);
  const [keysShown, setKeysShown] = useState(false);
  const [tab, setTab] = useState("detections");
  const overlay = useRef<HTMLElement>(null);
  const version = useVersion(recording);

  const running = !state.ended;
  const connected = state.isConnected && !state.connection.offline;
  const newest = state.currentPicture ?? state.currentFrame;
  const paced = usePaced(newest, settings.fps);
  const watched = useOnce(running && newest !== null);
  const source = useMemo(
    () => ({ version, ...frameSource(state.frames, paced, recording) }),
    [state.frames, paced, recording, version],
  );

  const frameCount = Math.max(recording?.frameCount ?? 0, state.timeline.lastFrame + 1);
  const estimated = Math.round(useBetween(framesBetween(state.progress)) ?? 0);
  const known = state.status === "done" ? frameCount : (state.progress?.framesTotal ?? null);
  // One that did not come to its end keeps the scale that it had: what it did not look at is seen.
  const total = Math.max(frameCount, known ?? estimated);
  const [videoPlays, setVideoPlays] = useState(false);
  const ready = useCallback(
    (index: number) => {
      if (!source.has(index)) recording?.load(index);
      return source.has(index) || recording === undefined;
    },
    [source, recording],
  );
  const [speed, setSpeed] = useState(1);
  const [ownFps, setOwnFps] = useState<number | null>(null);
  const playFps = speed * (ownFps ?? USUAL_RATE);
  const player = usePlayer({
    frameCount,
    newest: watched || running ? (paced?.frame_index ?? -1) : firstFound(recording),
    running,
    fps: playFps,
    driven: videoPlays,
    ready,
  });

  // Whoever went to a frame sees the best picture there is of it, also where it is the one that came last.
  const atNewest = player.live || (player.index === paced?.frame_index && watched && !player.chosen);
  const content = useSettled(
    atNewest ? (source.newest() ?? NOTHING) : frameCount > 0 ? source.content(player.index) : NOTHING,
    sameContent,
  );
  const { frame, picture } = content;
  // Live, numbers and lists are those of the picture that is on the screen, not of one that is on its way.
  const [onScreen, setOnScreen] = useState<Content>(NOTHING);
  const seen = player.live ? (onScreen.frame ?? frame) : frame;
  const isVideo = picture?.kind === "video";
  if (isVideo !== videoPlays) setVideoPlays(isVideo);
  useLoaded(recording, atNewest ? null : player.index);
  // What was found has to be there before its picture is.
  const ahead = Math.ceil((player.playing ? playFps : USUAL_RATE) * AHEAD_SECONDS);
  useLoaded(recording, atNewest ? null : Math.min(player.last, player.index + ahead));
  useLoaded(recording, atNewest || player.playing ? null : Math.max(0, player.index - ahead));

  const counts = recording?.counts ?? null;
  const { bins } = state.timeline;
  const found = useMemo(() => [bins, counts ?? []].some((most) => most.some((count) => count > 0)), [bins, counts]);
  const hasBoxes = useOnce(found || (frame?.detections.length ?? 0) > 0);
  const hasTracks = useOnce(state.hasTracks || (recording?.hasTracks ?? false));
  const has = useMemo(() => ({ boxes: hasBoxes, labels: hasBoxes, tracks: hasTracks }), [hasBoxes, hasTracks]);
  const calm = usePaced(state, CALM_PER_SECOND);
  const recordedCount = recording?.frameCount ?? 0;
  const columns = useMemo(() => {
    const recorded = counts === null || recordedCount === 0 ? null : { counts, frameCount: recordedCount };
    return timelineColumns(calm.timeline, recorded, running);
  }, [calm.timeline, counts, recordedCount, running]);

  const rate = source.rate(player.index);
  if (ownFps === null && rate !== null) setOwnFps(rate);
  const durationMs = known !== null && known > 1 && rate !== null ? (known * 1000) / rate : null;
  const contentAt = (timeMs: number): Content | null => {
    const index = source.indexAt(timeMs);
    return index === null || index > player.last ? null : source.content(index);
  };
  const played = (now: Content | null): void => {
    if (now?.frame != null) player.playedTo(now.frame.index);
    // The input goes on where the job did not: it is over there.
    else if (running || recording?.frame(frameCount) === null) player.finish();
  };
  const showKeys = useCallback(() => setKeysShown(true), []);
  const zoom = useCallback((factor: number) => setView((before) => zoomed(before, factor, MIDDLE, ROOM)), []);
  const showAll = useCallback(() => setView(FITTED), []);
  const warned = useMemo(() => warnedFrames(calm.warnings), [calm.warnings]);
  const openLog = (): void => {
    setTab("log");
    // Once it is there: what is read there is what was asked for.
    requestAnimationFrame(() => {
      const panel = overlay.current?.querySelector<HTMLElement>(".event-log") ?? overlay.current?.querySelector<HTMLElement>('[role="tabpanel"]');
      panel?.scrollIntoView({ block: "nearest" });
      panel?.focus();
    });
  };
  useOverlayKeys(!keysShown, {
    toggle: player.toggle,
    step: player.step,
    faster: (by) => setSpeed((before) => speedBeside(before, by)),
    first: () => player.seek(0),
    last: () => (running ? player.goLive() : player.seek(player.last)),
    live: player.goLive,
    zoom,
    showAll,
    help: keysAreTold ? null : showKeys,
    close: onClose,
  });

  return (
    <section ref={overlay} className="overlay" aria-label="Job">
      <OverlayHeader {...props} />
      <div className="overlay__body">
        <div className="overlay__main">
          <Outcome state={state} onRunAgain={onRunAgain} isStarting={isStarting} onOpenLog={openLog} />
          <FrameView
            content={content}
            layers={settings.layers}
            minConfidence={settings.minConfidence}
            highlighted={highlighted}
            onHighlight={setHighlighted}
            view={view}
            onViewChange={setView}
            onShown={setOnScreen}
            live={player.live}
            contentAt={contentAt}
            onPictureFailed={(url) => recording?.pictureFailed(url)}
            playback={player.playing && isVideo ? { rate: speed, onPlayed: played, onEnded: player.finish } : undefined}
          >
            {frame === null ? <BeforeFrames status={state.status} /> : undefined}
          </FrameView>
          <div className="overlay__deck">
            <ViewControls
              player={player}
              settings={settings}
              speed={speed}
              onSpeed={setSpeed}
              has={has}
              canGoLive={running}
              connected={connected}
              frameIndex={seen?.index ?? null}
              timeMs={seen?.timestampMs ?? 0}
              durationMs={durationMs}
              zoom={view.zoom}
              onZoom={zoom}
              onShowAll={showAll}
              onShowKeys={keysAreTold ? null : showKeys}
            />
            {recording?.notice != null && (
              <p className="overlay__notice" role="status">
                {recording.notice}
              </p>
            )}
            {(running || total > 1) && (
              <Timeline
                {...columns}
                total={total}
                processed={frameCount}
                value={player.live ? (seen?.index ?? player.index) : player.index}
                timeMs={seen?.timestampMs ?? 0}
                warned={warned}
                onSeek={player.seek}
              />
            )}
            <ProgressFacts state={connected === state.isConnected ? state : { ...state, isConnected: connected }} warnedFrames={warned.length} now={now} />
          </div>
        </div>
        <SidePanel
          state={calm}
          frame={seen}
          minConfidence={settings.minConfidence}
          found={found}
          highlighted={highlighted}
          onHighlight={setHighlighted}
          onSeek={player.seek}
          tab={tab}
          onTab={setTab}
        />
      </div>
      <KeyHelp open={keysShown} onOpenChange={setKeysShown} />
    </section>
  );
}

/** Where a job that is looked at afterwards is opened: at the first frame in which something was found. */
function firstFound(recording: Recording | undefined): number {
  const counts = recording?.counts ?? [];
  const column = counts.findIndex((count) => count > 0);
  return column < 1 ? 0 : Math.ceil((column * (recording?.frameCount ?? 0)) / counts.length);
}

/** The frames that warnings name, each once, in their order. */
function warnedFrames(warnings: readonly WarningEntry[]): readonly number[] {
  const frames = new Set(warnings.flatMap(({ frameIndex }) => (frameIndex === null ? [] : [frameIndex])));
  return [...frames].sort((one, other) => one - other);
}

/** How many frames the input may have, by the whole percents that are done: the timeline has the progress bar's scale. */
function framesBetween(progress: JobProgress | null): readonly [number, number] | null {
  const { framesDone, framesTotal, percent } = progress ?? {};
  if (framesTotal != null || framesDone == null || percent === undefined || percent <= 0) return null;
  return [(framesDone * 100) / (percent + 1), (framesDone * 100) / percent];
}
