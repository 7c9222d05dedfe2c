/** A video shown frame by frame, or playing: says which moment its picture is of, so that the boxes are that frame's. */

const [SLOWEST, FASTEST] = [1 / 16, 16];
/** The clock of a video counts no finer. */
const SAME_SECONDS = 0.0005;
/**
 * Chromium says on one thread that a seek has ended, and puts its picture up on another: until it tells of that one, the
 * picture before may be what is there. Where it is not told of, it is taken to be there so long after.
 */
const SETTLED_MS = 300;

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
  /** What is there was brought by the last seek: so it is once that was told of, and nothing else was under way. */
  #isSettled = false;
  /** Whether the next picture that is told of is that of the last seek: all before it were told of by then. */
  #isNext = false;
  #settling: number | null = null;
  /** What the container's clock said at the newest picture that was told of, for browsers that can't be asked. */
  #toldMs: number | null = null;
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
    this.#toldMs = null;
    this.#isOpen = false;
    this.#unsettle();
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
    const wasSettled = this.#isSettled;
    this.#unsettle();
    this.#isNext = wasSettled;
    this.#video.currentTime = seconds;
  }

  #isAt(seconds: number): boolean {
    return Math.abs(this.#video.currentTime - seconds) < SAME_SECONDS;
  }

  #arrived(): void {
    // While it is on its way again, what has ended is the seek before: the next end is the one that counts.
    if (this.#wanted === null || this.#video.seeking) return;
    const seconds = this.#wantedSeconds(this.#wanted);
    const isThere = this.#isAt(seconds) || seconds > this.#video.duration;
    // One that plays has gone on from there already.
    if (!isThere && !(this.#playing && Math.abs(this.#goingTo - seconds) < SAME_SECONDS)) {
      this.#seekToWanted();
      return;
    }
    const shown = this.#wanted;
    if (this.#playing) {
      this.#wanted = null;
      return;
    }
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    this.#wanted = null;
    if (!this.#isSettled) {
      this.#settling ??= window.setTimeout(() => {
        this.#settle();
        if (!this.isSeeking) this.#tell(shown);
      }, SETTLED_MS);
    }
    this.#tell(shown);
  }

  /** Say what is there; `otherwise` where the browser does not tell. */
  #tell(otherwise: number): void {
    const stamp = this.#stampMs() ?? this.#toldMs;
    this.#handlers.onFrame(stamp === null ? otherwise : stamp - (this.#firstMs ?? 0), this.#isSettled);
  }

  #settle(): void {
    this.#unsettle();
    this.#isSettled = true;
  }

  #unsettle(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    this.#isSettled = false;
    this.#isNext = false;
  }

  /** Hear of each picture that the element puts on the screen. */
  #follow(): void {
    const stopped = this.#stop.signal;
    this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (stopped.aborted) return;
      // Where the element can be asked itself, it is, once it is open.
      if (typeof VideoFrame === "undefined") this.#firstMs ??= mediaTime * 1000;
      this.#toldMs = mediaTime * 1000;
      if (this.#isNext) this.#settle();
      this.#follow();
      if (!this.isSeeking) this.#tell(this.#toldMs - (this.#firstMs ?? 0));
    });
  }
}
