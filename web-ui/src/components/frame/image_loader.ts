/** Pictures by address: one at a time, and of those that were asked for meanwhile only the newest. */

export interface LoadedImage {
  url: string;
  image: HTMLImageElement;
}

export class ImageLoader {
  readonly #onLoaded: (loaded: LoadedImage) => void;
  readonly #onFailed: (url: string) => void;
  #loading: string | null = null;
  #next: string | null = null;
  #closed = false;

  constructor(onLoaded: (loaded: LoadedImage) => void, onFailed: (url: string) => void) {
    this.#onLoaded = onLoaded;
    this.#onFailed = onFailed;
  }

  /** Load it, unless that is under way. */
  load(url: string): void {
    this.#next = this.#loading === url ? null : url;
    if (this.#loading === null) this.#begin();
  }

  close(): void {
    this.#closed = true;
  }

  #begin(): void {
    const url = this.#next;
    if (url === null || this.#closed) return;
    this.#next = null;
    this.#loading = url;
    const image = new Image();
    image.src = url;
    // Decoded before it is drawn: drawing it then holds up nothing.
    image
      .decode()
      .then(
        () => {
          if (!this.#closed) this.#onLoaded({ url, image });
        },
        () => {
          if (!this.#closed) this.#onFailed(url);
        },
      )
      .finally(() => {
        this.#loading = null;
        this.#begin();
      });
  }
}
