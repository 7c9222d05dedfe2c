/**
 * When each frame of a job is in its input, and which frame a moment of the input shows. No DOM.
 *
 * Eight bytes a frame, for every frame that was read once: that a page of frames was let go does not make a moment
 * uncertain. A frame of which nothing is known, because its tool left it out, lies evenly between its neighbours.
 */

export interface FrameTimes {
  /** Frames whose time is known, from the first on. */
  readonly count: number;
  /** Note the time of a frame; those that are passed over lie between. */
  add(index: number, timeMs: number): void;
  /** Null where it is not known. */
  at(index: number): number | null;
  /**
   * The frame that is on the screen at a moment: the last one that began by then, where half a frame is not held
   * against it, since containers round their times. Null before anything is known, and past the last known frame.
   */
  indexAt(timeMs: number): number | null;
}

const FIRST_ROOM = 1_024;
/** How long the last frame is where there is only one. */
const ONE_FRAME_MS = 1_000;

export function frameTimes(): FrameTimes {
  let times = new Float64Array(FIRST_ROOM);
  let count = 0;

  const at = (index: number): number => times[index] ?? Number.NaN;
  /** From a frame to the next one. */
  const gap = (index: number): number => {
    if (count < 2) return ONE_FRAME_MS;
    return index + 1 < count ? at(index + 1) - at(index) : at(count - 1) - at(count - 2);
  };

  return {
    get count() {
      return count;
    },
    add(index, timeMs) {
      if (index < count) return;
      if (index >= times.length) {
        const more = new Float64Array(Math.max(index + 1, 2 * times.length));
        more.set(times);
        times = more;
      }
      // The first frame of any input is at 0.
      const [from, start] = count === 0 ? [0, 0] : [count - 1, at(count - 1)];
      for (let between = count; between < index; between += 1) {
        times[between] = start + ((timeMs - start) * (between - from)) / (index - from);
      }
      times[index] = timeMs;
      count = index + 1;
    },
    at: (index) => (index >= 0 && index < count ? at(index) : null),
    indexAt(timeMs) {
      if (count === 0) return null;
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (at(middle) <= timeMs) low = middle + 1;
        else high = middle;
      }
      const index = Math.max(0, low - 1);
      // Half of the shorter of what lies before and behind it: a long still picture is not over at half its time.
      const half = Math.min(gap(index), gap(index + 1), index > 0 ? gap(index - 1) : Number.POSITIVE_INFINITY) / 2;
      if (index + 1 < count) return low > 0 && at(index + 1) - timeMs <= half ? index + 1 : index;
      return timeMs < at(index) + gap(index) ? index : null;
    },
  };
}
