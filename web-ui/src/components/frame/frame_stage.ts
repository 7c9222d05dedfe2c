/**
 * The canvas of one view: gets the picture, pairs it with its frame, and paints both at once.
 *
 * Owns the canvas's pixels and the video element. It paints at most once a paint of the browser, never while the page
 * is hidden, and only when something changed. React knows nothing of single frames.
 */
import type { Picture, Size } from "../recording.ts";
import type { Layers, ShownFrame } from "./detections.ts";
import { FrameSearch } from "./frame_search.ts";
import { ImageLoader, type LoadedImage } from "./image_loader.ts";
import { paint } from "./painting.ts";
import type { Trail } from "./trails.ts";
import { VideoSeeker } from "./video_seeker.ts";
import { FITTED, place, type Placement, type View } from "./viewport.ts";

/** What is to be seen: changes together. */
export interface Content {
  frame: ShownFrame | null;
  picture: Picture | null;
  trails: readonly Trail[];
  inputSize: Size | null;
}

/** Whether there is nothing new to see. What was found in a frame only ever grows, tool by tool. */
export function sameContent(a: Content, b: Content): boolean {
  return (
    a.picture?.url === b.picture?.url &&
    a.frame?.index === b.frame?.index &&
    a.frame?.known === b.frame?.known &&
    a.frame?.detections.length === b.frame?.detections.length &&
    a.trails.length === b.trails.length &&
    a.inputSize?.width === b.inputSize?.width &&
    a.inputSize?.height === b.inputSize?.height
  );
}

/** How it is looked at: changes at once. */
export interface Look {
  layers: Layers;
  minConfidence: number;
  highlighted: number | null;
  view: View;
}

/** What is on the canvas. */
export interface Shown {
  content: Content;
  input: Size;
  placement: Placement;
  room: Size;
}

export interface StageHandlers {
  /** Another frame or picture is on the canvas. */
  onShown: (content: Content) => void;
  /** Its picture could not be had; boxes are shown without. */
  onPictureFailed: (url: string) => void;
  /** What belongs to a moment of the input; null where that is not known, or nothing was found there any more. */
  contentAt: (timeMs: number) => Content | null;
  /** The playing video shows this now; null for a moment of which nothing is known. */
  onPlayed: (content: Content | null) => void;
  onEnded: () => void;
}

/** Before there is any frame. */
export const NOTHING: Content = { frame: null, picture: null, trails: [], inputSize: null };
const NO_PICTURE_SIZE: Size = { width: 1280, height: 720 };
/** How often a picture is painted at most until the video has not gone on meanwhile. */
const PAINTED_AT_MOST = 3;

export class FrameStage {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #video: HTMLVideoElement;
  readonly #handlers: StageHandlers;
  readonly #images: ImageLoader;
  readonly #seeker: VideoSeeker;
  readonly #closing = new AbortController();
  #wanted: Content = NOTHING;
  #shown: Content = NOTHING;
  #source: HTMLImageElement | HTMLVideoElement | null = null;
  #loaded: LoadedImage | null = null;
  #look: Look = { layers: { boxes: true, labels: true, tracks: true }, minConfidence: 0, highlighted: null, view: FITTED };
  #room: Size = { width: 0, height: 0 };
  #pixelRatio = 1;
  #painting = 0;
  #playing = false;
  #search = new FrameSearch(0);

  constructor(canvas: HTMLCanvasElement, video: HTMLVideoElement, handlers: StageHandlers) {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("This browser draws on no canvas");
    this.#canvas = canvas;
    this.#context = context;
    this.#video = video;
    this.#handlers = handlers;
    this.#images = new ImageLoader((loaded) => this.#imageLoaded(loaded), (url) => this.#failed(url));
    this.#seeker = new VideoSeeker(video, {
      onFrame: (timeMs, isSettled) => this.#videoFrame(timeMs, isSettled),
      onEnded: () => handlers.onEnded(),
      onFailed: () => this.#failed(this.#wanted.picture?.url ?? video.src),
    });
    document.addEventListener("visibilitychange", () => this.show(this.#wanted), { signal: this.#closing.signal });
  }

  /** Show this as soon as its picture is there; until then what was shown stays. */
  show(content: Content): void {
    this.#wanted = content;
    // While the video plays it says itself which frame is on the screen.
    if ((this.#playing && content.picture?.kind === "video") || document.hidden) return;
    const { picture, frame } = content;
    if (picture === null) this.#put(content, null);
    else if (picture.kind === "video") {
      const atMs = picture.atMs ?? frame?.timestampMs ?? 0;
      this.#search = new FrameSearch(atMs);
      this.#seeker.seek(picture.url, atMs);
    }
    else if (this.#loaded?.url === picture.url) this.#put(content, this.#loaded.image);
    else this.#images.load(picture.url);
  }

  look(look: Look): void {
    this.#look = look;
    this.#repaint();
  }

  /** Play the video on from what is shown. */
  play(url: string, rate: number): void {
    this.#playing = true;
    this.#seeker.play(url, rate);
  }

  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#seeker.pause();
    // It may have played on past the frame at which it was told to stop.
    this.show(this.#wanted);
  }

  resize(room: Size, pixelRatio: number): void {
    this.#room = room;
    this.#pixelRatio = pixelRatio;
    this.#repaint();
  }

  /** What is on the canvas, for who points at it. */
  shown(): Shown {
    const input = this.#inputSize();
    const placement = place(this.#room, input, this.#look.view, this.#pixelRatio);
    return { content: this.#shown, input, placement, room: this.#room };
  }

  close(): void {
    this.#closing.abort();
    cancelAnimationFrame(this.#painting);
    this.#images.close();
    this.#seeker.close();
  }

  #imageLoaded(loaded: LoadedImage): void {
    this.#loaded = loaded;
    if (this.#wanted.picture?.url === loaded.url) this.#put(this.#wanted, loaded.image);
  }

  /** The video shows another picture: paint it at once with what belongs to it, before the video goes on. */
  #videoFrame(timeMs: number, isSettled: boolean): void {
    if (this.#wanted.picture?.kind !== "video") return;
    const content = this.#ofMoment(timeMs);
    if (this.#isSoughtAgain(content, isSettled)) return;
    this.#put(content, this.#video, true);
    if (this.#playing) this.#handlers.onPlayed(content.frame?.known === true ? this.#shown : this.#handlers.contentAt(timeMs));
  }

  /** Whether the frame that is wanted is not the one that is shown, and is waited for or looked for elsewhere. */
  #isSoughtAgain(content: Content, isSettled: boolean): boolean {
    const { frame, picture } = this.#wanted;
    if (this.#playing || picture === null || frame?.known !== true || content.frame === null) return false;
    if (!isSettled) return content.frame.index !== frame.index;
    const atMs = this.#search.next(content.frame.index, frame.index);
    if (atMs !== null) this.#seeker.seek(picture.url, atMs);
    return atMs !== null;
  }

  /** What belongs to the picture of a moment. It is looked up also where a frame was sought: the picture is the truth. */
  #ofMoment(timeMs: number): Content {
    const content = this.#handlers.contentAt(timeMs);
    if (content !== null) return !this.#playing && content.frame?.index === this.#wanted.frame?.index ? this.#wanted : content;
    if (!this.#playing) return this.#seeker.isSeeking ? this.#shown : this.#wanted;
    // Which frame it is, is not known either.
    return { ...this.#wanted, trails: [], frame: { index: -1, timestampMs: timeMs, detections: [], known: false } };
  }

  #failed(url: string): void {
    this.#handlers.onPictureFailed(url);
    if (this.#wanted.picture !== null) this.#put({ ...this.#wanted, picture: null }, null);
  }

  #put(content: Content, source: HTMLImageElement | HTMLVideoElement | null, atOnce = false): void {
    const before = this.#shown;
    this.#shown = content;
    this.#source = source;
    if (atOnce) this.#paint();
    else this.#repaint();
    this.#tell(before, this.#shown);
  }

  #tell(before: Content, content: Content): void {
    if (before.frame !== content.frame || before.picture !== content.picture) this.#handlers.onShown(content);
  }

  #inputSize(): Size {
    const { inputSize, frame } = this.#shown;
    if (inputSize !== null) return inputSize;
    if (this.#source instanceof HTMLVideoElement) {
      return { width: this.#source.videoWidth, height: this.#source.videoHeight };
    }
    if (this.#source !== null) return { width: this.#source.naturalWidth, height: this.#source.naturalHeight };
    // No picture and no size: enough room for all that was found.
    const boxes = frame?.detections.map(({ box }) => box) ?? [];
    return {
      width: Math.max(NO_PICTURE_SIZE.width, ...boxes.map(({ x2 }) => x2)),
      height: Math.max(NO_PICTURE_SIZE.height, ...boxes.map(({ y2 }) => y2)),
    };
  }

  #repaint(): void {
    if (this.#painting !== 0) return;
    this.#painting = requestAnimationFrame(() => {
      this.#painting = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const [width, height] = [
      Math.round(this.#room.width * this.#pixelRatio),
      Math.round(this.#room.height * this.#pixelRatio),
    ];
    if (width === 0 || height === 0) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    if (this.#source !== this.#video) {
      this.#draw();
      return;
    }
    // The video goes on by itself. What is drawn between two equal moments is the picture of that moment.
    for (let times = 0; times < PAINTED_AT_MOST; times += 1) {
      const moment = this.#seeker.nowMs();
      if (moment !== null) {
        const before = this.#shown;
        this.#shown = this.#ofMoment(moment);
        this.#tell(before, this.#shown);
      }
      this.#draw();
      if (moment === this.#seeker.nowMs()) return;
    }
  }

  #draw(): void {
    const { input, placement, room } = this.shown();
    const { frame, trails } = this.#shown;
    paint(this.#context, {
      source: this.#source,
      input,
      frame,
      trails,
      layers: this.#look.layers,
      minConfidence: this.#look.minConfidence,
      highlighted: this.#look.highlighted,
      placement,
      room,
      pixelRatio: this.#pixelRatio,
    });
    // Which frame's boxes these are: for who looks at the page from outside.
    if (frame?.known === true) this.#canvas.dataset.frameIndex = String(frame.index);
    else delete this.#canvas.dataset.frameIndex;
  }
}
