/** A job's stream as one would record it: the same at every call. */

export const FRAMES = 20_000;
const WARNINGS = 500;
const LABELS = ["person", "car", "boat", "bicycle", "dog"];
/** About as often as a worker stores a picture of a 25 fps video. */
const FRAMES_PER_PICTURE = 12;
const FRAMES_PER_PROGRESS = 10;

/**
 * Every message in order; each is one text of the wire.
 *
 * @returns {Generator<{ text: string, type: string, id: string }>}
 */
export function* recordedStream() {
  let seq = 0;
  /** @param {string} type @param {object} payload */
  const say = (type, payload) => {
    seq += 1;
    const timestamp = new Date(Date.UTC(2026, 2, 14) + seq * 16).toISOString();
    const id = `replay-${seq}`;
    const text = JSON.stringify({ type, payload, timestamp, id, job_id: "replayed", attempt: 1 });
    return { text, type, id };
  };
  yield say("metadata", { plugin: "motion", metadata: { version: "1.0.0", capabilities: ["tracking"] } });
  yield say("plugin_status", { plugin: "motion", tool: "detect", status: "started" });
  for (let index = 0; index < FRAMES; index += 1) {
    yield say("frame", framePayload(index));
    if (index % FRAMES_PER_PROGRESS === 0) {
      yield say("progress", {
        job_id: "replayed",
        progress: Math.floor((100 * index) / FRAMES),
        stage: "running",
        plugin: "motion",
        tool: "detect",
        frames_done: index,
        frames_total: FRAMES,
        eta_seconds: (FRAMES - index) / 60,
      });
    }
    if (index % (FRAMES / WARNINGS) === 0) {
      yield say("warning", {
        plugin: "motion",
        message: `Frame ${index} is damaged and was skipped`,
        severity: ["low", "medium", "high"][index % 3],
        frame_id: `replayed:${index}`,
      });
    }
  }
}

/** @param {number} index */
function framePayload(index) {
  const tracks = Array.from({ length: 3 + (index % 8) }, (_, track) => track);
  return {
    frame_id: `replayed:${index}`,
    frame_index: index,
    plugin: "motion",
    tool: "detect",
    data: {
      frame_index: index,
      timestamp_ms: index * 40,
      boxes: tracks.map((track) => boxOf(track, index)),
      scores: tracks.map((track) => 0.5 + (track % 5) / 10),
      labels: tracks.map((track) => LABELS[track % LABELS.length]),
      track_ids: tracks,
    },
    device_used: "cpu",
    timing_ms: 5 + (index % 7),
    ...(index % FRAMES_PER_PICTURE === 0 && { image_url: `/v1/jobs/replayed/frames/${index}.jpg` }),
  };
}

/** @param {number} track @param {number} index */
function boxOf(track, index) {
  const x1 = (track * 90 + index * (1 + (track % 3))) % 860;
  const y1 = 40 + ((track * 53 + index) % 400);
  return { x1, y1, x2: x1 + 80, y2: y1 + 90 };
}
