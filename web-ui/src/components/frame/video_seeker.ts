/** A video shown frame by frame, or playing: says which moment its picture is of, so that the boxes are that frame's. */

const [SLOWEST, FASTEST] = [1 / 16, 16];
/** The clock of a video counts no finer. */
const SAME_SECONDS = 0.0005;
/**
 * So long after a seek has ended the element may still hold the picture before it: Chromium says that it is there on one
 * thread and puts the picture up on another, and the second may be late.
 */
const SETTLED_MS = 120;

export interface SeekerHandlers {
  /**
   * Another picture can be drawn, of this moment of the input. One that is not settled may be what was there before a
   * seek; what is there afterwards is told again.
   */
  onFrame: (timeMs: number, isSettled: boolean) => void;
  onEnded: () => void;
  onFailed: () => void;
}

/**
 * Times are milliseconds since the input's first frame, whatever the container's clock says at it: what the element
 * shows when it was opened is that frame, and the moment of it is where this clock begins.
 */
export class VideoSeeker {
  readonly #video: HTMLVideoElement;
  readonly #handlers: SeekerHandlers;
  readonly #stop = new AbortController();
  #url: string | null = null;
  #wanted: number | null = null;
  /** The moment that the element was last sent to, in its own seconds. */
  #goingTo = 0;
  /** Its first frame was seen: before that nothing is gone to, for times are counted from it. */
  #isOpen = false;
  #playing = false;
  /** Runs while a seek has ended and what it has brought is not sure yet. */
  #settling: number | null = null;
  /** What the container's clock says at the first frame, in milliseconds; null until that was seen. */
  #firstMs: number | null = null;

  constructor(video: HTMLVideoElement, handlers: SeekerHandlers) {
    this.#video = video;
    this.#handlers = handlers;
    const { signal } = this.#stop;
    video.addEventListener("seeked", () => this.#arrived(), { signal });
    video.addEventListener("loadeddata", () => this.#opened(), { signal });
    video.addEventListener("ended", () => this.#playing && handlers.onEnded(), { signal });
    video.addEventListener("error", () => this.#url !== null && handlers.onFailed(), { signal });
  }

  /** Whether it is on its way to another moment. */
  get isSeeking(): boolean {
    return this.#wanted !== null || this.#video.seeking;
  }

  /**
   * The moment of the picture that is drawn at this instant; null where the browser does not tell. The element goes on
   * by itself while a page draws, so whoever draws asks before and after.
   */
  nowMs(): number | null {
    const stamp = this.#stampMs();
    return stamp === null ? null : stamp - (this.#firstMs ?? 0);
  }

  /** Show the picture of a moment. A seek under way is let come to its end; the newest wish follows it. */
  seek(url: string, timeMs: number): void {
    this.#open(url);
    this.#wanted = timeMs;
    if (!this.#video.seeking) this.#seekToWanted();
  }

  /** Play on from where it is, or is going to, `rate` times as fast as it was filmed. */
  play(url: string, rate: number): void {
    this.#open(url);
    this.#video.playbackRate = Math.min(FASTEST, Math.max(SLOWEST, rate));
    if (this.#playing) return;
    this.#playing = true;
    this.#unsettle();
    this.#start();
  }

  pause(): void {
    this.#playing = false;
    this.#video.pause();
  }

  close(): void {
    this.#stop.abort();
    this.#unsettle();
    this.pause();
    this.#url = null;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #open(url: string): void {
    if (this.#url === url) return;
    if (this.#url === null) this.#follow();
    this.#url = url;
    this.#firstMs = null;
    this.#isOpen = false;
    this.#video.src = url;
  }

  #opened(): void {
    this.#firstMs ??= this.#stampMs();
    this.#isOpen = true;
    if (this.#playing) this.#start();
    else this.#seekToWanted();
  }

  /** Not before its first frame was seen standing still. */
  #start(): void {
    if (!this.#isOpen) return;
    if (!this.#video.seeking) this.#seekToWanted();
    // A play that is cut short by pause() is refused, and pause() is what was wanted.
    this.#video.play().catch(() => undefined);
  }

  /** What the container's clock says at the picture that is drawn at this instant. */
  #stampMs(): number | null {
    if (typeof VideoFrame === "undefined" || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    try {
      const frame = new VideoFrame(this.#video);
      const stamp = frame.timestamp / 1000;
      frame.close();
      return stamp;
    } catch {
      // There is no picture at this instant.
      return null;
    }
  }

  #wantedSeconds(timeMs: number): number {
    return Math.max(0, (timeMs + (this.#firstMs ?? 0)) / 1000);
  }

  #seekToWanted(): void {
    if (this.#wanted === null || !this.#isOpen) return;
    const seconds = this.#wantedSeconds(this.#wanted);
    if (this.#isAt(seconds) && !this.#video.seeking) {
      this.#arrived();
      return;
    }
    this.#goingTo = seconds;
    this.#unsettle();
    this.#video.currentTime = seconds;
  }

  #isAt(seconds: number): boolean {
    return Math.abs(this.#video.currentTime - seconds) < SAME_SECONDS;
  }

  #arrived(): void {
    if (this.#wanted === null) return;
    const seconds = this.#wantedSeconds(this.#wanted);
    const isThere = this.#isAt(seconds) || seconds > this.#video.duration;
    // One that plays has gone on from there already.
    if (!isThere && !(this.#playing && Math.abs(this.#goingTo - seconds) < SAME_SECONDS)) {
      this.#seekToWanted();
      return;
    }
    if (this.#playing) {
      this.#wanted = null;
      this.#unsettle();
      return;
    }
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const shown = this.#wanted;
    this.#wanted = null;
    this.#unsettle();
    this.#settling = window.setTimeout(() => {
      this.#settling = null;
      if (!this.isSeeking) this.#handlers.onFrame(this.nowMs() ?? shown, true);
    }, SETTLED_MS);
    this.#handlers.onFrame(this.nowMs() ?? shown, false);
  }

  #unsettle(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
  }

  /** Hear of each picture that the element puts on the screen. */
  #follow(): void {
    const stopped = this.#stop.signal;
    this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (stopped.aborted) return;
      // Where the element can be asked itself, it is, once it is open.
      if (typeof VideoFrame === "undefined") this.#firstMs ??= mediaTime * 1000;
      this.#follow();
      if (!this.isSeeking) this.#handlers.onFrame(this.nowMs() ?? mediaTime * 1000 - (this.#firstMs ?? 0), this.#settling === null);
    });
  }
}
