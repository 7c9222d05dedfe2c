/** Calls that somebody waits for: each is made for everyone, whatever one of them does. */

export class Handlers<T extends unknown[]> {
  readonly #all = new Set<(...what: T) => void>();

  /** Have `handler` called; what it returns ends that. */
  add(handler: (...what: T) => void): () => void {
    this.#all.add(handler);
    return () => void this.#all.delete(handler);
  }

  call(...what: T): void {
    for (const handler of [...this.#all]) {
      try {
        handler(...what);
      } catch (error) {
        // A listener's crash is its own: the others, and the stream, go on.
        reportError(error);
      }
    }
  }
}
