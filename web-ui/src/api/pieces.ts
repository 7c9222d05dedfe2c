/**
 * In what form the pieces of a large file pass whatever stands between, found out as they are refused.
 *
 * They begin large. They halve when one is refused for its size or a connection breaks, and grow again as far as was
 * not refused; `PATCH` becomes a `POST` that says so where it is not let through.
 */
import { type ApiProblem, problemFrom, unreachable } from "./problems.ts";

const MOST_BYTES = 8 * 1024 * 1024;
const LEAST_BYTES = 64 * 1024;
/** Between attempts without any progress; together longer than a server takes to start again. */
const PAUSES_MS = [100, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000];
/** How often an upload that the server has lost is begun again. */
const BEGINNINGS = 3;

/** What proxies answer to methods that they do not let pass. */
const REFUSED_METHOD: ReadonlySet<number> = new Set([400, 403, 405, 501]);
/** What may go well a moment later, whoever says it. */
const LATER: ReadonlySet<number> = new Set([408, 423, 425, 429, 500, 502, 503, 504]);
const LOST: ReadonlySet<number> = new Set([404, 410]);

/** A request that did not go well; `status` is 0 where no answer came. */
export interface Failure {
  method: string;
  status: number;
  body: unknown;
}

/** What to do now: ask the server how far it is and go on, after a while; begin anew; or give up. */
export type Next = { go: "on"; afterMs: number } | { go: "anew" } | { go: "nowhere"; problem: ApiProblem };

/** The form of one file's pieces. */
export class Pieces {
  bytes = MOST_BYTES;
  /** Say PATCH by a header of a POST. */
  override = false;
  private most = MOST_BYTES;
  private failures = 0;
  private beginnings = 1;
  private furthest = 0;

  /** So many bytes are with the server. */
  reached(offset: number): void {
    if (offset <= this.furthest) return;
    this.furthest = offset;
    this.failures = 0;
  }

  /** A piece went through: the next may be larger. */
  passed(): void {
    this.bytes = Math.min(this.bytes * 2, this.most);
  }

  /** What follows from a failure. */
  after(failure: Failure): Next {
    const { method, status } = failure;
    const problem = status === 0 ? unreachable(null) : problemFrom(status, failure.body);
    const isOurs = !problem.code.startsWith("HTTP_") && status !== 0;
    const isPiece = method === "PATCH" || method === "POST";
    if (isPiece && !isOurs && status === 413 && this.bytes > LEAST_BYTES) {
      this.halve();
      this.most = this.bytes;
      return { go: "on", afterMs: 0 };
    }
    if (method === "PATCH" && !isOurs && REFUSED_METHOD.has(status) && !this.override) {
      this.override = true;
      return { go: "on", afterMs: 0 };
    }
    // An answer to HEAD has no body that could tell why.
    const isLost = method === "HEAD" ? LOST.has(status) || status === 409 : isOurs && LOST.has(status);
    if (isLost && this.beginnings < BEGINNINGS) {
      this.beginnings += 1;
      this.furthest = 0;
      return { go: "anew" };
    }
    if (status === 0 && isPiece) this.halve();
    const isPassing = status === 0 || LATER.has(status) || problem.code === "UPLOAD_OFFSET_CONFLICT";
    const afterMs = PAUSES_MS[this.failures];
    if (!isPassing || afterMs === undefined) return { go: "nowhere", problem };
    this.failures += 1;
    return { go: "on", afterMs };
  }

  private halve(): void {
    this.bytes = Math.max(LEAST_BYTES, Math.floor(this.bytes / 2));
  }
}
