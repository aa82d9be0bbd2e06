// Publishes while uploads go on, so that a run that is killed, or whose token ends, has lost little.
import { BranchMoved } from '../github/commit.ts';
import { NoAnswer, Refusal } from '../github/failure.ts';
import type { Publication } from './publisher.ts';

/** Uploads from which on a run is worth publishing in parts. */
const MANY_UPLOADS = 20;
const INTERVAL_MS = 10 * 60_000;

export interface EarlyOptions<News> {
  /** How many uploads are planned. */
  readonly uploads: number;
  /** Whether the branch is protected or has a rule that may refuse the commit. */
  readonly isGuarded: boolean;
  /** Publishes what there is by now, in one attempt. */
  readonly publish: (news: News) => Promise<Publication>;
  /** Told why an attempt did not get through, where a later one may. */
  readonly inform: (message: string) => void;
}

/**
 * Publishes the first success at once, where many uploads or the branch's rules make it worth it, and of many uploads
 * every ten minutes what has come since.
 */
export class EarlyPublishing<News> {
  readonly #options: EarlyOptions<News>;
  readonly #refusal = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** What has come since the last attempt. */
  #news: News | undefined;
  #running: Promise<void> | undefined;
  #last: Publication | undefined;

  constructor(options: EarlyOptions<News>) {
    this.#options = options;
  }

  /** Aborted, with the error, when publishing is refused for good: then uploading more is of no use. */
  get refused(): AbortSignal {
    return this.#refusal.signal;
  }

  /** Takes note of a success: `news` is all that there is by now. */
  noteSuccess(news: News): void {
    const { uploads, isGuarded } = this.#options;
    const isLarge = uploads > MANY_UPLOADS;
    this.#news = news;
    if (this.#running !== undefined || !(isGuarded || isLarge)) return;
    this.#running = this.#publish();
    if (!isLarge) return;
    this.#timer = setInterval(() => {
      this.#running = this.#running?.then(() => this.#publish());
    }, INTERVAL_MS).unref();
  }

  /** Waits for a publication that is under way; nothing more is published after it. Gives what came of all. */
  async settle(): Promise<Publication | undefined> {
    clearInterval(this.#timer);
    await this.#running;
    return this.#last;
  }

  async #publish(): Promise<void> {
    const news = this.#news;
    if (news === undefined || this.refused.aborted) return;
    this.#news = undefined;
    try {
      const { commit, pullRequest, ...rest } = await this.#options.publish(news);
      const before = this.#last;
      this.#last = {
        ...rest,
        commit: commit ?? before?.commit,
        pullRequest: pullRequest ?? before?.pullRequest,
      };
    } catch (error) {
      if (!isTransient(error)) return this.#refusal.abort(error);
      this.#news ??= news;
      this.#options.inform(`An early publication waits for its next date: ${error.message}`);
    }
  }
}

/** Whether an attempt failed for a cause that may be gone by the next date. */
function isTransient(error: unknown): error is Error {
  if (error instanceof BranchMoved) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof NoAnswer || (cause instanceof Refusal && cause.rateLimitMs !== undefined);
}
