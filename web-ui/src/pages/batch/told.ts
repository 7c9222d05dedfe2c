/** What the stream says of a batch's jobs between two times that the page is put right. */
import type { MessageOf } from "../../realtime/messages.ts";

export type JobNews = MessageOf<"job_status"> | MessageOf<"progress">;

/** Keeps it in order; of a job's progress only the newest, for ten a second of it may come. */
export class Told {
  #news: JobNews[] = [];
  readonly #progress = new Map<string, MessageOf<"progress">>();

  add(message: JobNews): void {
    const jobId = message.job_id ?? "";
    if (message.type === "progress") {
      this.#progress.set(jobId, message);
      return;
    }
    const before = this.#progress.get(jobId);
    if (before !== undefined) {
      this.#news.push(before);
      this.#progress.delete(jobId);
    }
    this.#news.push(message);
  }

  /** All of it, once. */
  take(): JobNews[] {
    const news = [...this.#news, ...this.#progress.values()];
    this.clear();
    return news;
  }

  clear(): void {
    this.#news = [];
    this.#progress.clear();
  }
}
