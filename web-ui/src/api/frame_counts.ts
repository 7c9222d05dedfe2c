/** How much was found where: the most detections of one frame, by columns, for a job of any length. */

/** Places that are kept; each holds one frame at first, and twice as many whenever a job proves longer. */
const PLACES = 8_192;
/** Columns that are shown. */
const COLUMNS = 512;

export interface FrameCounts {
  add(frameIndex: number, detections: number): void;
  /** Columns over `frameCount` frames, or null before the first was added. */
  columns(frameCount: number): readonly number[] | null;
}

/** Counts of no frame yet. */
export function frameCounts(): FrameCounts {
  const places = new Uint32Array(PLACES);
  let framesAPlace = 1;
  let any = false;

  function widen(): void {
    for (let place = 0; place < PLACES; place += 1) {
      const wide = 2 * place;
      places[place] = wide < PLACES ? Math.max(places[wide] ?? 0, places[wide + 1] ?? 0) : 0;
    }
    framesAPlace *= 2;
  }

  return {
    add(frameIndex, detections) {
      while (frameIndex >= PLACES * framesAPlace) widen();
      const place = Math.floor(frameIndex / framesAPlace);
      places[place] = Math.max(places[place] ?? 0, detections);
      any = true;
    },
    columns(frameCount) {
      if (!any || frameCount <= 0) return null;
      const columns = new Array<number>(Math.min(COLUMNS, frameCount)).fill(0);
      const used = Math.min(PLACES, Math.ceil(frameCount / framesAPlace));
      for (let place = 0; place < used; place += 1) {
        const column = Math.min(columns.length - 1, Math.floor((place * framesAPlace * columns.length) / frameCount));
        columns[column] = Math.max(columns[column] ?? 0, places[place] ?? 0);
      }
      return columns;
    },
  };
}
