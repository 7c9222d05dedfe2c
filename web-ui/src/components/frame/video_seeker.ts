/** A video shown frame by frame, or playing: says which moment its picture is of, so that the boxes are that frame's. */

/** Past a frame's own time by a little: a time that was rounded down would show the frame before. */
const INTO_FRAME_SECONDS = 0.004;
const [SLOWEST, FASTEST] = [1 / 16, 16];

export class VideoSeeker {
  readonly #video: HTMLVideoElement;
  readonly #onFrame: (timeMs: number) => void;
  readonly #stop = new AbortController();
  #url: string | null = null;
  #wanted: number | null = null;
  #playing = false;

  /** `onFrame` is called when a new picture can be drawn, with the time that was asked for or that is playing. */
  constructor(video: HTMLVideoElement, handlers: { onFrame: (timeMs: number) => void; onEnded: () => void; onFailed: () => void }) {
    this.#video = video;
    this.#onFrame = handlers.onFrame;
    const { signal } = this.#stop;
    video.addEventListener("seeked", () => this.#arrived(), { signal });
    video.addEventListener("loadeddata", () => this.#seekToWanted(), { signal });
    video.addEventListener("ended", () => handlers.onEnded(), { signal });
    video.addEventListener("error", () => this.#url !== null && handlers.onFailed(), { signal });
  }

  /** Show the frame of a time. A seek under way is let come to its end; the newest wish follows it. */
  seek(url: string, timeMs: number): void {
    this.#open(url);
    this.#wanted = timeMs;
    if (!this.#video.seeking) this.#seekToWanted();
  }

  /** Play on from where it is, `rate` times as fast as it was filmed. */
  play(url: string, rate: number): void {
    this.#open(url);
    this.#video.playbackRate = Math.min(FASTEST, Math.max(SLOWEST, rate));
    if (this.#playing) return;
    this.#playing = true;
    this.#wanted = null;
    // A play that is cut short by pause() is refused, and pause() is what was wanted.
    this.#video.play().catch(() => undefined);
    this.#follow();
  }

  pause(): void {
    this.#playing = false;
    this.#video.pause();
  }

  close(): void {
    this.#stop.abort();
    this.pause();
    this.#url = null;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #open(url: string): void {
    if (this.#url === url) return;
    this.#url = url;
    this.#video.src = url;
  }

  #seekToWanted(): void {
    if (this.#wanted === null || this.#video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    const seconds = this.#wanted / 1000 + INTO_FRAME_SECONDS;
    if (Math.abs(this.#video.currentTime - seconds) < 0.0005) this.#arrived();
    else this.#video.currentTime = seconds;
  }

  #arrived(): void {
    if (this.#playing || this.#wanted === null) return;
    const reached = Math.abs(this.#video.currentTime - this.#wanted / 1000 - INTO_FRAME_SECONDS) < 0.0005;
    const beyondItsEnd = this.#wanted / 1000 + INTO_FRAME_SECONDS > this.#video.duration;
    if (!reached && !beyondItsEnd) {
      this.#seekToWanted();
      return;
    }
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const shown = this.#wanted;
    this.#wanted = null;
    this.#onFrame(shown);
  }

  #follow(): void {
    this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (!this.#playing) return;
      this.#onFrame(mediaTime * 1000);
      this.#follow();
    });
  }
}
